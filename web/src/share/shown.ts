/** What the page hands to those who share it. */

import type { PageSource } from "../device/opened";
import type { Drawable } from "../map/layers";
import type { DataMap } from "../map/map";

export interface Shown {
  map: DataMap["map"];
  source: PageSource;
  /** What is on the map, the last on top. */
  drawables: () => readonly Drawable[];
}
