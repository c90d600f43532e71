/** Whether rows without a value of a column are among those that pass; there where some have none. */

import { compact } from "../dom";
import type { Clause } from "./clauses";

interface Props {
  clause: Clause | undefined;
  /** How many rows have no value. */
  nulls: number;
  set: (clause: Clause | undefined) => void;
}

export function Missing({ clause, nulls, set }: Props) {
  const missing = clause?.kind === "missing" ? (clause.not ? "without" : "only") : "with";
  if (nulls === 0 && missing === "with") return null;
  return (
    <select
      aria-label="Rows without a value"
      value={missing}
      onChange={({ currentTarget: { value } }) =>
        set(value === "with" ? undefined : { kind: "missing", ...(value === "without" ? { not: true } : {}) })
      }
    >
      <option value="with">with {compact(nulls)} missing</option>
      <option value="without">without missing</option>
      <option value="only">only missing</option>
    </select>
  );
}
