/** A bar while something is under way, and a line at the foot of the map. */

import { busy, status } from "../page";
import { playing } from "../time/animation";

/** Says why the map looks plain. */
export function NoWebGl() {
  return (
    <p id="flat-told">
      This browser draws without WebGL: the map is a plain picture of the data. Panel, filters and tables work as ever.
    </p>
  );
}

export function Signs() {
  return (
    <>
      <div id="progress" hidden={!busy.value || playing.value} />
      <p id="status" role="status" hidden={status.value === ""}>
        {status.value}
      </p>
    </>
  );
}
