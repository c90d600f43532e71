/**
 * Kepler.gl's table, which takes more from our metadata: breaks of colours for each zoom; and of a number that changes with
 * time an animation also where times are whole days, which it takes for names.
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
    for (const field of data.fields ?? []) enrich(field as Field, known);
    await super.importData({ data });
  }
}

function enrich(field: Field, known: Measure[]): void {
  if (field.indexBy) animate(field.indexBy);
  const names: string[] = field.indexBy ? Object.values(field.indexBy.mappedValue) : [field.name];
  const measures = known.filter(({ property }) => names.includes(property));
  if (measures.length === 0 || !field.filterProps) return;
  field.filterProps.domainQuantiles = quantiles(measures);
}

/** What Kepler.gl makes of times of day: the steps of an animation that takes ten seconds, within reason. */
function animate(index: NonNullable<Field["indexBy"]>): void {
  if (index.type === "timestamp") return;
  const timeSteps = Object.keys(index.mappedValue)
    .map(Number)
    .sort((a, b) => a - b);
  const domain: [number, number] = [timeSteps[0] ?? 0, timeSteps.at(-1) ?? 0];
  const duration = Math.min(Math.max(10_000 / timeSteps.length, 100), 2000);
  index.type = "timestamp";
  index.timeDomain = { domain, timeSteps, duration };
}
