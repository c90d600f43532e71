/** Follows what is compared: the second map is loaded when two layers are, and gone when they are not. */

import { effect } from "@preact/signals";
import type { Source } from "duotile";
import type { Drawable } from "../map/layers";
import { tell } from "../page";
import { compared } from "./compared";
import type { Pair } from "./pair";

export function followCompared(pair: Pair, source: Source, shown: () => readonly Drawable[]): void {
  let end: (() => void) | undefined;
  let wanted = false;
  let making = false;
  const make = async () => {
    if (making || end) return;
    making = true;
    try {
      const { makeSecond } = await import("./second");
      end = await makeSecond(pair, source, shown);
    } catch (error) {
      tell(error);
    } finally {
      making = false;
    }
    if (!wanted) stop();
  };
  const stop = () => {
    end?.();
    end = undefined;
  };
  effect(() => {
    wanted = compared.value !== undefined;
    if (wanted) void make();
    else stop();
  });
}
