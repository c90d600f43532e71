/**
 * The people of the soak: those who ask and read, those who read or write a byte now and then, those who leave in the
 * middle, those who come all at once, and one who asks all the time whether the server is well.
 */

import { Agent, request as open } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { random } from "../../tests/node/lib/random.js";
import { costly, large, request } from "./requests.js";

/**
 * @typedef {import("./requests.js").Request} Request
 * @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, bytes: Buffer, ms: number }} Answer
 */

/** Longest that an answer may take, in ms: floods are waited out. */
const PATIENCE = 120_000;
/** Longest that `/health` may take, in ms. */
export const HEALTH = 5000;

/** Whom is asked, for how long, and what came of it. */
export class Crowd {
  /** @type {Map<string, Map<number, number>>} kind → status → how often */
  statuses = new Map();
  /** @type {string[]} what should not have happened */
  wrong = [];
  wrongs = 0;
  /** @type {number[]} ms of every answer of `/health` */
  health = [];
  asked = 0;
  left = 0;
  over = false;

  /** @param {URL} base */
  constructor(base) {
    this.base = base;
  }

  /** @param {string} what */
  blame(what) {
    this.wrongs += 1;
    if (this.wrong.length < 20) this.wrong.push(what);
  }

  /** @param {string} kind @param {number} status */
  note(kind, status) {
    const statuses = this.statuses.get(kind) ?? new Map();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    this.statuses.set(kind, statuses);
    this.asked += 1;
  }

  /** Holds an answer against what may come. @param {Request} request @param {Answer} answer */
  judge({ kind, path, may }, { status, headers, bytes }) {
    this.note(kind, status);
    const where = `${path.slice(0, 200)} was answered ${status}`;
    if (status === 503 && !headers["retry-after"]) this.blame(`${where} without Retry-After`);
    if (status !== 503 && !may.includes(status)) this.blame(`${where}: ${bytes.toString("utf8", 0, 300)}`);
    if (status >= 400 && headers["content-type"] !== "application/problem+json")
      this.blame(`${where} without a problem`);
    if (status === 200 && headers["content-type"] === "application/vnd.mapbox-vector-tile") {
      if (!headers["content-encoding"] && !isTile(bytes))
        this.blame(`${where} with ${bytes.length} bytes that are no tile`);
    }
  }
}

/** Whether bytes are whole layers, one after the other. @param {Buffer} bytes */
export function isTile(bytes) {
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== 0x1a) return false;
    let [length, shift] = [0, 0];
    do {
      at += 1;
      length += ((bytes[at] ?? 0) & 127) * 2 ** shift;
      shift += 7;
    } while ((bytes[at] ?? 0) > 127);
    at += 1 + length;
  }
  return at === bytes.length;
}

/**
 * Sends a request and reads all of its answer.
 *
 * @param {URL} base
 * @param {Request} request
 * @param {Agent | false} agent
 * @returns {Promise<Answer>}
 */
export function ask(base, { path, method = "GET", headers = {}, body }, agent) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = open(
      new URL(path, base),
      { method, headers: { ...headers, ...length }, agent, timeout: PATIENCE },
      (answer) => {
        /** @type {Buffer[]} */
        const chunks = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const { statusCode: status = 0, headers } = answer;
          resolve({ status, headers, bytes: Buffer.concat(chunks), ms: performance.now() - began });
        });
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer after ${PATIENCE} ms`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Asks one thing after the other, at times for what it has with its tag. @param {Crowd} crowd @param {number} seed */
export async function ordinary(crowd, seed) {
  const chance = random(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!crowd.over) {
    const next = request(chance);
    // What is refused unread closes its connection.
    const own = next.body !== undefined && next.body.length > 60_000 ? false : agent;
    try {
      const answer = await ask(crowd.base, next, own);
      crowd.judge(next, answer);
      const tag = answer.headers.etag;
      if (answer.status === 200 && tag && chance.below(4) === 0) {
        const again = {
          ...next,
          kind: "again",
          headers: { ...next.headers, "if-none-match": tag },
          may: [...next.may, 304],
        };
        crowd.judge(again, await ask(crowd.base, again, agent));
      }
    } catch (error) {
      // The client's own half may fail while it still sends what nobody wants.
      if (next.kind !== "posted too much") crowd.blame(`${next.path.slice(0, 200)}: ${error}`);
    }
    if (chance.below(20) === 0) await sleep(chance.below(50));
  }
  agent.destroy();
}

/** The bytes of a GET request. @param {Crowd} crowd @param {Request} request */
const written = (crowd, { path }) =>
  `GET ${new URL(path, crowd.base).pathname}${new URL(path, crowd.base).search} HTTP/1.1\r\nhost: ${crowd.base.host}\r\nconnection: close\r\n\r\n`;

/** @param {Crowd} crowd */
const dial = (crowd) => connect(Number(crowd.base.port), crowd.base.hostname);

/** Asks for much and takes it a little at a time; leaves after a while. @param {Crowd} crowd @param {number} seed */
export async function slowReader(crowd, seed) {
  const chance = random(seed);
  while (!crowd.over) {
    const socket = dial(crowd);
    socket.on("error", () => {});
    socket.write(written(crowd, large(chance)));
    const until = performance.now() + 2000 + chance.below(20_000);
    while (!crowd.over && !socket.closed && performance.now() < until) {
      socket.read(1 + chance.below(2000));
      await sleep(chance.below(200));
    }
    socket.destroy();
    crowd.left += 1;
  }
}

/** Writes its request a byte at a time; half of the time does not end it. @param {Crowd} crowd @param {number} seed */
export async function slowWriter(crowd, seed) {
  const chance = random(seed);
  while (!crowd.over) {
    const socket = dial(crowd);
    socket.on("error", () => {});
    socket.resume();
    const bytes = written(crowd, { kind: "slow", path: "datasets", may: [200] });
    const end = chance.below(2) === 0 ? bytes.length : chance.below(bytes.length);
    for (let at = 0; at < end && !crowd.over; at += 1) {
      socket.write(bytes.slice(at, at + 1));
      await sleep(20 + chance.below(60));
    }
    await sleep(100);
    socket.destroy();
    crowd.left += 1;
  }
}

/** Asks for what takes long, and leaves before it is there. @param {Crowd} crowd @param {number} seed */
export async function leaver(crowd, seed) {
  const chance = random(seed);
  while (!crowd.over) {
    const socket = dial(crowd);
    socket.on("error", () => {});
    socket.write(written(crowd, chance.below(2) === 0 ? costly(chance) : large(chance)));
    await sleep(chance.below(40));
    if (chance.below(2) === 0) socket.resetAndDestroy();
    else socket.destroy();
    crowd.left += 1;
    await sleep(50 + chance.below(200));
  }
}

/**
 * Very many costly requests at once, for a few seconds; then all leave. Some must be told to come again later.
 *
 * @param {Crowd} crowd
 * @param {number} seed
 * @param {number} size
 */
export async function flood(crowd, seed, size) {
  const chance = random(seed);
  const agent = new Agent({ keepAlive: false, maxSockets: size });
  const answers = Array.from({ length: size }, async () => {
    const one = costly(chance);
    try {
      crowd.judge(one, await ask(crowd.base, one, agent));
    } catch {
      // Those who were still waiting when all left.
      crowd.left += 1;
    }
  });
  await sleep(4000);
  agent.destroy();
  await Promise.all(answers);
}

/** Asks all the time, on a connection of its own. @param {Crowd} crowd */
export async function health(crowd) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const one = { kind: "health", path: "health", may: [200] };
  while (!crowd.over) {
    try {
      const answer = await ask(crowd.base, one, agent);
      crowd.note("health", answer.status);
      crowd.health.push(answer.ms);
      if (answer.status !== 200) crowd.blame(`/health was answered ${answer.status}`);
      if (answer.ms > HEALTH) crowd.blame(`/health took ${answer.ms.toFixed(0)} ms, expected at most ${HEALTH}`);
    } catch (error) {
      crowd.blame(`/health: ${error}`);
    }
    await sleep(100);
  }
  agent.destroy();
}
