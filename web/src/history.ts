/** The browser's history: state and view stand in the address, a step that was taken is an entry, and taking it back leaves that. */

import { effect } from "@preact/signals";
import { print } from "./address";
import { readAddress, textOf } from "./choose";
import { type DataMap, viewOf } from "./map/map";
import { usualDrawing } from "./map/shapes/usual";
import { catalog, first, status } from "./page";
import { state, stepsMade, turnsMade } from "./state";

/**
 * Writes state and view into the address, and follows what is typed there. A step is an entry that Back leads out of, and undoing it
 * leads out of, too; where the map was moved to in between belongs to the entry.
 */
export function followAddress({ map }: DataMap): void {
  /** What the entries of this page say, without their views, as far as that is known. */
  const entries: string[] = [];
  let here: number = history.state?.at ?? 0;
  let [steps, turns] = [stepsMade(), turnsMade().made];
  let reading = false;
  /** Whether the browser is on its way to an entry. */
  let going = false;
  let written = location.hash.slice(1);
  const write = () => {
    // What is not known yet is not written over what the address says, nor the view before over the one that it asks for.
    if (catalog.peek().length === 0 || reading || going) return;
    const said = textOf(state.peek());
    const [step, turned, { by }] = [stepsMade() > steps, turnsMade().made > turns, turnsMade()];
    counted();
    // What was taken back, or done again, is the entry beside this one.
    if (turned && !step && entries[here] !== said && entries[here + by] === said) {
      going = true;
      history.go(by);
      return;
    }
    const text = print({ view: viewOf(map), state: state.peek() }, first.peek(), usualDrawing);
    if (step && text !== written) {
      here += 1;
      entries.length = here;
      history.pushState({ at: here }, "", `#${text}`);
    } else if (text !== written || history.state?.at !== here) history.replaceState({ at: here }, "", `#${text}`);
    written = text;
    entries[here] = said;
  };
  const counted = () => {
    [steps, turns] = [stepsMade(), turnsMade().made];
  };
  effect(() => {
    void state.value;
    write();
  });
  map.on("moveend", write);
  window.addEventListener("popstate", (event) => {
    const at: number | undefined = event.state?.at;
    if (at === undefined) {
      // An address that was typed is an entry after this one.
      here += 1;
      entries.length = here;
    } else here = at;
    if (!going) return;
    // The map stays where it is.
    going = false;
    written = "";
    write();
  });
  window.addEventListener("hashchange", () => {
    if (location.hash.slice(1) === written) return;
    // What was told was of another address.
    status.value = "";
    reading = true;
    try {
      const { view } = readAddress();
      if (view) map.jumpTo({ center: view, ...view });
    } finally {
      reading = false;
    }
    written = location.hash.slice(1);
    counted();
    write();
  });
}
