/**
 * Chromium and the built-in data, for all tests of a file that imports them: there before its first test, ended after its
 * last.
 */

import { after, before } from "node:test";
import { launch, site } from "./lib.js";

/** @type {Awaited<ReturnType<typeof site>>} */
export let server;
/** @type {import("playwright-core").Browser} */
export let browser;

before(async () => {
  [server, browser] = await Promise.all([site(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
