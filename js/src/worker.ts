/** The script of a worker. */

import type { FromWorker, Port, ToWorker } from "./messages.js";
import { serve } from "./serve.js";

const scope = globalThis as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

const port: Port<ToWorker, FromWorker> = {
  post: (message, transfer = []) => scope.postMessage(message, transfer),
  listen: (receive) => {
    scope.onmessage = ({ data }) => receive(data);
  },
};

// A message to itself comes behind those that wait, and sooner than any timer.
const turns = new MessageChannel();
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => waiting.shift()?.();

serve(port, (run) => {
  waiting.push(run);
  turns.port2.postMessage(null);
});
