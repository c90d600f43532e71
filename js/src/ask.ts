/**
 * A request to a server that may be busy. Answered 429, 502, 503 or 504 it waits, as long as the server says if it says
 * so, and asks again: so often and so long that a map may wait for it. What leaves is the last answer, whatever it is.
 */

/** So often it is asked at most. */
const TRIES = 4;
/** So long is waited at most in all, in milliseconds. A server that wants more is not waited for. */
const LONGEST = 20_000;
/** About how long is waited the first time, where the server does not say; each time after that twice as long. */
const FIRST = 500;

/** Whether a status says that the server has no time, or that what stands before it found none that has. */
export function isBusy(status: number): boolean {
  return status === 429 || (status >= 502 && status <= 504);
}

/** Asks, and asks again while the server is busy. Rejects as `fetch` does, and at once when it is aborted. */
export async function ask(address: string, init: RequestInit = {}): Promise<Response> {
  let waited = 0;
  for (let tries = 1; ; tries++) {
    const response = await fetch(address, init);
    if (!isBusy(response.status) || tries === TRIES) return response;
    const said = retryAfter(response.headers);
    // Not all at once, who were refused at once: somewhat later than is said, else anywhere around a time that grows.
    const wait = said === undefined ? FIRST * 2 ** (tries - 1) * (0.5 + Math.random()) : said + FIRST * Math.random();
    if (waited + wait > LONGEST) return response;
    await response.body?.cancel();
    await pause(wait, init.signal ?? undefined);
    waited += wait;
  }
}

/** How long a server wants to be left alone, in milliseconds: it says so in seconds, or names a time by its own clock. */
export function retryAfter(headers: Headers): number | undefined {
  const said = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(said)) return Number(said) * 1000;
  // Anything else, a script's reader of dates might still find one in.
  if (!said.endsWith(" GMT")) return undefined;
  const now = Date.parse(headers.get("date") ?? "");
  const wait = Date.parse(said) - (Number.isNaN(now) ? Date.now() : now);
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
}

function pause(wait: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, wait);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
