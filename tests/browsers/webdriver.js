/**
 * Browsers by WebDriver, the protocol that Firefox and WebKit have in common: a driver is started on a port of its own, and
 * asked over HTTP. Each browser is Debian's, and draws without a graphics card on whatever screen `DISPLAY` names.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";

/** How long a browser may take for anything, without a graphics card and on a busy machine. */
export const PATIENCE = 120_000;

/** MiniBrowser lies where Debian's architecture and version of WebKit say. */
const MINI = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
  .flatMap((of) => ["4.1", "4.0", "6.0"].map((version) => `/usr/lib/${of}/webkit2gtk-${version}/MiniBrowser`))
  .find(existsSync);

/** What is run and asked for, by the name of a browser. */
export const BROWSERS = /** @type {const} */ ({
  Firefox: {
    driver: "geckodriver",
    wants: {
      browserName: "firefox",
      "moz:firefoxOptions": {
        binary: process.env["FIREFOX"] ?? "/usr/bin/firefox-esr",
        prefs: { "webgl.force-enabled": true, "app.update.disabledForTesting": true },
      },
    },
  },
  WebKit: {
    driver: "WebKitWebDriver",
    wants: {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: process.env["MINIBROWSER"] ?? MINI, args: ["--automation"] },
    },
  },
});

/** @returns {Promise<number>} a port that nobody listens on */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(address && typeof address === "object");
  return address.port;
}

/**
 * Starts a browser.
 *
 * @param {keyof typeof BROWSERS} name
 */
export async function launch(name) {
  const { driver: command, wants } = BROWSERS[name];
  const port = await freePort();
  const child = spawn(command, [`--port=${port}`], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  const gone = new Promise((_, reject) => {
    child.once("error", (error) => reject(new Error(`${command} does not start: ${error.message}`)));
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}: ${log}`)));
  });
  gone.catch(() => {});

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async function ask(method, path, body) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { value } = /** @type {any} */ (await response.json());
    if (!response.ok) throw new Error(`${name}, ${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  /** Until the driver listens. @returns {Promise<any>} */
  async function begun() {
    for (const until = Date.now() + PATIENCE; ; ) {
      const ready = await ask("GET", "/status").catch(() => undefined);
      if (ready) return;
      assert.ok(Date.now() < until, `${command} does not answer: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  try {
    await Promise.race([begun(), gone]);
    const started = ask("POST", "/session", { capabilities: { alwaysMatch: wants } });
    const { sessionId, capabilities } = await Promise.race([started, gone]);
    const session = `/session/${sessionId}`;
    const timeouts = { script: PATIENCE, pageLoad: PATIENCE, implicit: 0 };
    await ask("POST", `${session}/timeouts`, timeouts);
    return {
      /** @type {string} */
      version: `${capabilities.browserName} ${capabilities.browserVersion}`,
      /** Opens an address. @param {string} url */
      open: (url) => ask("POST", `${session}/url`, { url }),
      /**
       * Runs a function in the page, and waits for what it promises.
       *
       * @template T
       * @template {unknown[]} A
       * @param {(...args: A) => T | Promise<T>} run
       * @param {A} args
       * @returns {Promise<T>}
       */
      async evaluate(run, ...args) {
        const script = `const done = arguments[arguments.length - 1];
          Promise.resolve().then(() => (${run})(...[...arguments].slice(0, -1)))
            .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
        const { value, error } = await ask("POST", `${session}/execute/async`, { script, args });
        if (error !== undefined) throw new Error(`${name}: ${error}`);
        return value;
      },
      /** The size of the window. @param {number} width @param {number} height */
      resize: (width, height) => ask("POST", `${session}/window/rect`, { width, height }),
      /** What is on the screen, as a PNG. */
      screenshot: async () => Buffer.from(await ask("GET", `${session}/screenshot`), "base64"),
      async close() {
        await ask("DELETE", session).catch(() => undefined);
        child.kill();
      },
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}
