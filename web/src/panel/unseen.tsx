/** Where nothing of what is shown is in view, a way there. */

import type { Extent } from "../answers/fit";
import { number } from "../dom";
import { unseen } from "../page";
import { active, state } from "../state";

export function UnseenHint({ fit }: { fit: (extent: Extent) => void }) {
  const rows = unseen.value;
  if (rows === 0) return null;
  const some = Boolean(active()?.filter || state.value.window);
  return (
    <aside id="unseen-hint" class="hint" aria-label="Nothing is in view">
      {rows === 1 ? "The one row is not in view." : `None of the ${number(rows)} rows is in view.`}{" "}
      <button type="button" onClick={() => fit(some ? "passes" : "data")}>
        {some ? "Show what passes" : "Show all data"}
      </button>
    </aside>
  );
}
