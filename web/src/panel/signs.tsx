/** A bar while something is under way, and a line at the foot of the map. */

import { busy, status } from "../page";
import { playing } from "../time/animation";

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
