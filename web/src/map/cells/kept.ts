/**
 * Tiles of the data that are kept for a while, by their addresses: asked for once, however many want them, given up when nobody
 * does any more, and let go when there are too many.
 */

/** As many as a few views have. */
const ROOM = 160;

interface Coming<T> {
  there: Promise<T>;
  controller: AbortController;
  waiting: number;
}

export interface Kept<T> {
  get: (url: string, signal: AbortSignal) => Promise<T>;
  /** What is there. */
  peek: (url: string) => T | undefined;
}

export function makeKept<T>(load: (url: string, controller: AbortController) => Promise<T>): Kept<T> {
  /** Those that were wanted last are at the end. */
  const all = new Map<string, T>();
  const coming = new Map<string, Coming<T>>();
  const ask = (url: string): Coming<T> => {
    const controller = new AbortController();
    const there = load(url, controller).then((value) => {
      all.set(url, value);
      for (const old of all.keys()) {
        if (all.size <= ROOM) break;
        all.delete(old);
      }
      return value;
    });
    const one = { there, controller, waiting: 0 };
    coming.set(url, one);
    const end = () => {
      if (coming.get(url) === one) coming.delete(url);
    };
    there.then(end, end);
    return one;
  };
  return {
    async get(url, signal) {
      const found = all.get(url);
      if (found !== undefined) {
        all.delete(url);
        all.set(url, found);
        return found;
      }
      signal.throwIfAborted();
      const one = coming.get(url) ?? ask(url);
      one.waiting += 1;
      return new Promise((resolve, reject) => {
        const leave = () => {
          one.waiting -= 1;
          if (one.waiting === 0) {
            coming.delete(url);
            one.controller.abort();
          }
          reject(signal.reason);
        };
        signal.addEventListener("abort", leave, { once: true });
        const end = () => signal.removeEventListener("abort", leave);
        one.there.then(
          (value) => {
            end();
            resolve(value);
          },
          (error) => {
            end();
            reject(error);
          },
        );
      });
    },
    peek: (url) => all.get(url),
  };
}
