/**
 * Tiles of the data that are kept for a while, by their addresses: asked for once, however many want them, given up when nobody
 * does any more, and let go when they hold too much.
 */

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

/** Keeps what `load` brings, as much of it as weighs so much together. */
export function makeKept<T>(
  load: (url: string, controller: AbortController) => Promise<T>,
  weigh: (value: T) => number,
  most: number,
): Kept<T> {
  /** Those that were wanted last are at the end. */
  const all = new Map<string, T>();
  let weight = 0;
  const drop = (url: string) => {
    const value = all.get(url);
    if (value !== undefined) weight -= weigh(value);
    all.delete(url);
  };
  const coming = new Map<string, Coming<T>>();
  const forget = (url: string, one: Coming<T>) => {
    if (coming.get(url) === one) coming.delete(url);
  };
  const ask = (url: string): Coming<T> => {
    const controller = new AbortController();
    const there = load(url, controller).then((value) => {
      drop(url);
      all.set(url, value);
      weight += weigh(value);
      for (const old of all.keys()) {
        if (weight <= most || old === url) break;
        drop(old);
      }
      return value;
    });
    const one = { there, controller, waiting: 0 };
    coming.set(url, one);
    const end = () => forget(url, one);
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
            forget(url, one);
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
