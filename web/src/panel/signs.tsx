/** A bar while something is under way, and a line at the foot of the map. */

import { busy, lost, status } from "../page";
import { playing } from "../time/animation";

/** Says why the map looks plain. */
export function NoWebGl() {
  return (
    <p id="flat-told">
      This browser draws without WebGL: the map is a plain picture of the data. Panel, filters and tables work as ever.
    </p>
  );
}

/** Says why there is no map for now. */
export function Lost() {
  return (
    <p id="lost" role="alert" hidden={lost.value === 0}>
      The browser has taken the map's graphics away, as it does when it runs short of them. The map comes back with
      them; if it does not, load the page again.
    </p>
  );
}

export function Signs() {
  return (
    <>
      <Lost />
      <div id="progress" hidden={!busy.value || playing.value} />
      <p id="status" role="status" hidden={status.value === ""}>
        {status.value}
      </p>
    </>
  );
}
