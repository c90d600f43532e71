/**
 * What pictures are made of, by keys: asked for when it is first needed and again some time after it failed, given up when a
 * picture was drawn without it, and kept as long as there is room and while it is seen.
 */

export interface Store<T> {
  /** What is there; it is asked for otherwise. */
  need: (key: string, ask: (signal: AbortSignal) => Promise<T>) => T | undefined;
  /** What is there. */
  peek: (key: string) => T | undefined;
  /** How many are on their way. */
  waiting: () => number;
  /** A picture was drawn of all that was needed since the one before. */
  drawn: () => void;
}

/** How long something that failed is left alone, in milliseconds: each time twice as long, up to a minute. */
const AGAIN = 5000;
const LONGEST = 60_000;

type Entry<T> = { /** The picture that needed it last. */ used: number } & (
  | { there: T }
  | { coming: AbortController; wait: number }
  | { until: number; wait: number }
);

/** Keeps so many, and more while they are seen. `changed` is called when one has arrived or failed, or is to be asked for again. */
export function makeStore<T>(room: number, changed: () => void): Store<T> {
  const all = new Map<string, Entry<T>>();
  let picture = 0;
  const put = (key: string, entry: Entry<T>) => {
    // Those that were needed last are at the end.
    all.delete(key);
    all.set(key, entry);
  };
  const makeRoom = () => {
    for (const [key, entry] of all) {
      if (all.size <= room || entry.used >= picture - 1) break;
      if (!("coming" in entry)) all.delete(key);
    }
  };
  const ask = async (key: string, get: (signal: AbortSignal) => Promise<T>, wait: number) => {
    const coming = new AbortController();
    put(key, { coming, wait, used: picture });
    try {
      const there = await get(coming.signal);
      if (coming.signal.aborted) return;
      put(key, { there, used: all.get(key)?.used ?? picture });
      makeRoom();
    } catch {
      if (coming.signal.aborted) return;
      put(key, { until: Date.now() + wait, wait: Math.min(wait * 2, LONGEST), used: all.get(key)?.used ?? picture });
      setTimeout(changed, wait);
    }
    changed();
  };
  return {
    need(key, get) {
      const found = all.get(key);
      if (!found || ("until" in found && Date.now() >= found.until)) {
        void ask(key, get, found && "wait" in found ? found.wait : AGAIN);
        return undefined;
      }
      put(key, Object.assign(found, { used: picture }));
      return "there" in found ? found.there : undefined;
    },
    peek(key) {
      const found = all.get(key);
      return found && "there" in found ? found.there : undefined;
    },
    waiting: () => [...all.values()].filter((entry) => "coming" in entry).length,
    drawn() {
      for (const [key, entry] of all) {
        if (!("coming" in entry) || entry.used === picture) continue;
        all.delete(key);
        entry.coming.abort();
      }
      picture += 1;
    },
  };
}
