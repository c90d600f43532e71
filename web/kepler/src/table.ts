/**
 * Kepler.gl's table, which takes more from our metadata: breaks of colours for each zoom, and of a number that changes
 * with time the range over all times, where it keeps that of the first.
 */

import { KeplerTable } from "@kepler.gl/table";
import type { Field } from "@kepler.gl/types";
import { quantiles } from "./scale.ts";
import type { Measure } from "./source.ts";

/** Measures of tilesets, by the address of their metadata. */
export const measuresOf = new Map<string, Measure[]>();

export class Table extends KeplerTable<Field> {
  override async importData({ data }: Parameters<KeplerTable<Field>["importData"]>[0]): Promise<void> {
    const known = measuresOf.get(String(this.metadata?.["tilesetMetadataUrl"])) ?? [];
    for (const field of data.fields ?? []) enrich(field, known);
    await super.importData({ data });
  }
}

function enrich(field: Field, known: Measure[]): void {
  const names: string[] = Object.values(field.indexBy?.mappedValue ?? { 0: field.name });
  const measures = known.filter(({ property }) => names.includes(property));
  if (measures.length === 0 || !field.filterProps) return;
  const { step } = field.filterProps;
  if (field.indexBy) {
    const down = (value: number) => Math.floor(value / step) * step;
    const domain = [
      down(Math.min(...measures.map(({ min }) => min))),
      -down(-Math.max(...measures.map(({ max }) => max))),
    ];
    Object.assign(field.filterProps, { domain, value: domain });
  }
  field.filterProps.domainQuantiles = quantiles(measures);
}
