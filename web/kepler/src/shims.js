/** Names of Node that libraries take for given. */

import { Buffer } from "buffer/";

export { Buffer };
export const process = { env: {}, browser: true, version: "", nextTick: queueMicrotask };
