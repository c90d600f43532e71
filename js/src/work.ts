/**
 * What a worker has to do, in the order in which it was asked for. Between two pieces of work it listens, so that what
 * was cancelled meanwhile is never begun.
 */

/** Runs something in a later turn, after the messages that wait. */
export type Later = (run: () => void) => void;

/** A queue of work with names by which it can be cancelled. */
export class Work {
  readonly #waiting = new Map<string, () => void>();
  readonly #later: Later;
  #scheduled = false;

  constructor(later: Later) {
    this.#later = later;
  }

  add(key: string, run: () => void): void {
    this.#waiting.set(key, run);
    this.#schedule();
  }

  /** Forgets work that has not begun. */
  cancel(key: string): void {
    this.#waiting.delete(key);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    this.#later(() => {
      this.#scheduled = false;
      const [next] = this.#waiting;
      if (!next) return;
      this.#waiting.delete(next[0]);
      try {
        next[1]();
      } finally {
        this.#schedule();
      }
    });
  }
}
