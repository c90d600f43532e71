/** A bar while something is under way, and a line at the foot of the map. */

import { busy, status } from "../page";

export function Signs() {
  return (
    <>
      <div id="progress" hidden={!busy.value} />
      <p id="status" role="status" hidden={status.value === ""}>
        {status.value}
      </p>
    </>
  );
}
