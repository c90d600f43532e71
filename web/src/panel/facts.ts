/** How many rows a dataset has and how many of them pass, in words. */

import type { DatasetSummary } from "duotile";
import { number, rowsSaid } from "../dom";
import { dragging } from "../filter/dragging";
import type { Loaded } from "../load";
import { elsewhere } from "../time/animation";

/** What is known of how many pass. */
interface Told {
  /** Absent where all pass, where it is not counted, or where what is shown is something else. */
  passed?: number;
  /** Whether they are of rows of this device that may not be all. */
  partial: boolean;
  /** Whether they are being counted. */
  counting: boolean;
}

/** What is told of a layer: nothing of its window while others are shown, and nothing is awaited that does not come. */
export function toldOf(known: Loaded | undefined, narrow: boolean): Told {
  const { counted, partial = false, busy = true } = known ?? {};
  if (elsewhere.value) return { partial, counting: false };
  const counting = narrow && counted === undefined && (busy || dragging.value);
  return { ...(counted === undefined ? {} : { passed: counted }), partial, counting };
}

/** How many rows there are, and how many pass; of those at hand if that is a part. Of an archive, its tiles. */
export function facts(dataset: DatasetSummary, { passed, partial, counting }: Told): string {
  const { archive, rows, rows_without_position: lost } = dataset;
  if (archive) {
    const [first, last] = archive.zooms;
    const count = archive.tiles === null ? "finished" : number(archive.tiles);
    return `${count} ${archive.tiles === 1 ? "tile" : "tiles"}, zooms ${first} to ${last}`;
  }
  if (counting) return "Counting what passes…";
  const some = passed !== undefined && (partial || passed !== rows);
  const of = partial ? `${passed === 1 ? "row" : "rows"} on this device` : `of ${rowsSaid(rows)}`;
  const text = some ? `${number(passed)} ${of}` : rowsSaid(rows);
  return text + (lost > 0 ? ` · ${number(lost)} without a position ${lost === 1 ? "is" : "are"} not shown` : "");
}
