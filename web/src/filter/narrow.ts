/** A filter narrowed to the rows that have a value that is on screen. */

import type { ColumnInfo } from "duotile";
import { change, ownId, withLayer } from "../state";
import { type Clause, withClause } from "./clauses";

/** Whether rows can be asked for by such a value: of decimals, what is shown need not be what is stored. */
export function canNarrow({ type, role }: ColumnInfo, value: unknown): boolean {
  if (role === "id") return false;
  if (value === null) return true;
  return type === "text" || type === "boolean" || (type === "integer" && Number.isSafeInteger(value));
}

/** Asks a layer, or that of a frame, for the rows that have this value; for those without one if it is `null`. */
export function narrow(drawn: string, column: string, value: unknown): void {
  const layer = ownId(drawn);
  const clause: Clause =
    value === null ? { kind: "missing" } : { kind: "values", values: [value as string | number | boolean] };
  change(`narrow ${layer} ${column}`, (before) => {
    const filter = before.layers.find(({ id }) => id === layer)?.filter ?? "";
    return withLayer(before, layer, { filter: withClause(filter, column, clause) });
  });
}
