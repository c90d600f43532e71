/** Whether a filter that was typed is one: it is asked before it is taken, so that one that is wrong changes nothing. */

import { signal } from "@preact/signals";
import { Problem, type Source } from "duotile";

/** How many are being asked about. */
export const checking = signal(0);

/** What is wrong with a filter of a dataset; nothing if it is right, or nobody can say. */
export async function wrongIn(
  source: Source,
  dataset: string,
  filter: string,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  if (filter === "") return undefined;
  checking.value += 1;
  try {
    await source.tileJson(dataset, { filter }, signal);
    return undefined;
  } catch (error) {
    return error instanceof Problem && error.status === 400 ? error : undefined;
  } finally {
    checking.value -= 1;
  }
}
