/** Whether rows without a value of a column are among those that pass; there where some have none. */

import { compact } from "../dom";
import type { Clause } from "./clauses";

interface Props {
  clause: Clause | undefined;
  /** Whether some row has no value, and how many of those that the other filters let through have none, once they are counted. */
  some: boolean;
  nulls: number | undefined;
  set: (clause: Clause | undefined) => void;
}

export function Missing({ clause, some, nulls, set }: Props) {
  const missing = clause?.kind === "missing" ? (clause.not ? "without" : "only") : "with";
  if (!some && missing === "with") return null;
  return (
    <select
      aria-label="Rows without a value"
      value={missing}
      onChange={({ currentTarget: { value } }) =>
        set(value === "with" ? undefined : { kind: "missing", ...(value === "without" ? { not: true } : {}) })
      }
    >
      <option value="with">with {nulls === undefined ? "" : `${compact(nulls)} `}missing</option>
      <option value="without">without missing</option>
      <option value="only">only missing</option>
    </select>
  );
}
