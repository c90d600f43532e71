/**
 * From what is told of a query to its colours: metadata of a server or a tiler enters; classes, the colour of a feature and
 * an expression for MapLibre leave. Each zoom has classes of its own, because its cells cover a quarter of the ground of
 * those one zoom before.
 */

import { Problem } from "./problem.js";
import type { Metadata, PropertyInfo } from "./types.js";

/** How a {@link Legend} is made. */
export interface LegendOptions {
  /** The property of cells that is coloured by; the first measure unless said, the count if there is none. */
  property?: string;
  /** Colours as CSS has them, from little to much; those of the server's style unless said. */
  colours?: readonly string[];
  /** For each colour but the first, the share of the cells of a zoom that lies below it; equal steps unless said. */
  shares?: readonly number[];
  /** The colour of what has no value. */
  missing?: string;
}

/** Values of one colour: from `from` on and below `to`, which is within the last class. */
export interface LegendClass {
  from: number;
  to: number;
  colour: string;
}

/** An expression of MapLibre, of the kinds that a {@link Legend} is made of. */
export type LegendExpression =
  | ["let", string, LegendExpression, LegendExpression]
  | ["var", string]
  | ["zoom"]
  | ["get", string]
  | ["coalesce", LegendExpression, LegendExpression | number]
  | ["to-string", LegendExpression]
  | ["==", LegendExpression, string]
  | ["case", LegendExpression, string, LegendExpression | string]
  | ["to-color", string]
  | ["step", LegendExpression, LegendExpression | string, ...(LegendExpression | number | string)[]];

/** What the server's style has: from little to much, a part of viridis (CC0), dark end cut off. */
const COLOURS = ["#3e4989", "#31688e", "#26828e", "#35b779", "#b5de2b", "#fde725"];
/** The shares between them: few cells have most rows, and are to be told apart. */
const SHARES = [0.3, 0.5, 0.7, 0.9, 0.95];

/** The colours of a query's tiles, by its metadata: `new Legend(await server.metadata("trips", query))`. */
export class Legend {
  /** The property of cells that is coloured by, and what it means. */
  readonly property: string;
  readonly info: PropertyInfo;
  /** Names the colour of a feature at every zoom, for `fill-color`, `circle-color` and the like. */
  readonly expression: LegendExpression;
  /** The column of a row that stands for the property, as a row is no cell; a number where each row has the same. */
  readonly #row: string | number | undefined;
  readonly #zooms: { z: number; classes: LegendClass[] }[];
  readonly #missing: string;

  constructor({ properties, measures }: Pick<Metadata, "properties" | "measures">, options: LegendOptions = {}) {
    const { colours = COLOURS, missing = "#8a8a8a" } = options;
    const shares =
      options.shares ?? (options.colours ? colours.slice(1).map((_, i) => (i + 1) / colours.length) : SHARES);
    if (colours.length === 0 || shares.length !== colours.length - 1) {
      throw new Problem(400, {
        detail: `got ${colours.length} colours and ${shares.length} shares, expected a share for each colour but the first`,
      });
    }
    const onCells = properties.filter(({ on, type, alias }) => on === "cells" && type === "Number" && !alias);
    const usual = onCells.find(({ measure }) => measure !== "count") ?? onCells[0];
    const info = options.property === undefined ? usual : onCells.find(({ property }) => property === options.property);
    if (!info) {
      const names = onCells.map(({ property }) => property).join(", ") || "none, as tiles show rows only";
      throw new Problem(400, {
        detail: `got the property ${options.property ?? "(any)"}, expected a number that cells carry under this query: ${names}`,
      });
    }
    this.info = info;
    this.property = info.property;
    this.#row = ofRows(info, properties);
    this.#missing = missing;
    const told = measures.find(({ property }) => property === info.property);
    this.#zooms = (told?.zooms ?? []).map(({ z, quantiles }) => ({
      z,
      classes: classesOf((share) => quantile(share, told?.probabilities ?? [], quantiles), colours, shares),
    }));
    this.expression = this.#made();
  }

  /** The classes of a zoom of tiles, from little to much; none if no cell has a value. Deeper zooms are like the last known. */
  classes(zoom: number): readonly LegendClass[] {
    return (this.#zooms.findLast(({ z }) => z <= zoom) ?? this.#zooms[0])?.classes ?? [];
  }

  /** What a feature counts for: its property if it is a cell; if it is a row, one row, or the value of its column. */
  value(properties: Readonly<Record<string, unknown>> | null | undefined): number | undefined {
    const own = properties?.[this.property];
    const value = own ?? (typeof this.#row === "string" ? properties?.[this.#row] : this.#row);
    return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
  }

  /** The colour of a feature in a tile of a zoom. */
  colour(properties: Readonly<Record<string, unknown>> | null | undefined, zoom: number): string {
    const value = this.value(properties);
    const classes = this.classes(zoom);
    if (value === undefined) return this.#missing;
    return (classes.findLast(({ from }) => from <= value) ?? classes[0])?.colour ?? this.#missing;
  }

  #made(): LegendExpression {
    const [first, ...more] = this.#zooms;
    if (!first) return ["to-color", this.#missing];
    const cell: LegendExpression = ["get", this.property];
    const row: LegendExpression | number | undefined = typeof this.#row === "string" ? ["get", this.#row] : this.#row;
    const value: LegendExpression = row === undefined ? cell : ["coalesce", cell, row];
    const each = ({ classes }: { classes: LegendClass[] }): LegendExpression => [
      "case",
      // What is missing has no letters.
      ["==", ["to-string", ["var", "value"]], ""],
      this.#missing,
      stepped(classes),
    ];
    const zooms: LegendExpression =
      more.length === 0
        ? each(first)
        : ["step", ["zoom"], each(first), ...more.flatMap((zoom) => [zoom.z, each(zoom)])];
    return ["let", "value", value, zooms];
  }
}

/** What of a row stands for a property of cells. */
function ofRows({ measure, column }: PropertyInfo, properties: readonly PropertyInfo[]): string | number | undefined {
  // A row is one row, and has one value; a count of a category is neither.
  if (column === undefined) return measure === "count" ? 1 : undefined;
  if (measure === "nunique") return 1;
  if (measure === "count") return undefined;
  return properties.find((other) => other.on === "rows" && other.column === column)?.property;
}

/** Classes between quantiles; where those are alike there is no class between them. */
function classesOf(
  quantile: (share: number) => number,
  colours: readonly string[],
  shares: readonly number[],
): LegendClass[] {
  const classes = [{ from: quantile(0), to: quantile(1), colour: colours[0] ?? "" }];
  shares.forEach((share, at) => {
    const from = quantile(share);
    const before = classes.at(-1);
    if (!before || !(from > before.from)) return;
    classes.push({ from, to: before.to, colour: colours[at + 1] ?? "" });
    before.to = from;
  });
  return classes;
}

/** The value that a share of all lies below, on the line between those that are told. */
function quantile(share: number, probabilities: readonly number[], quantiles: readonly number[]): number {
  const above = probabilities.findIndex((probability) => probability >= share);
  const [p = 1, q = quantiles.at(-1) ?? Number.NaN] = [probabilities[above], quantiles[above]];
  const [before, low] = [probabilities[above - 1], quantiles[above - 1]];
  if (before === undefined || low === undefined || p === share) return q;
  return low + ((q - low) * (share - before)) / (p - before);
}

function stepped([first, ...more]: LegendClass[]): LegendExpression | string {
  if (more.length === 0) return first?.colour ?? "";
  const steps = more.flatMap(({ from, colour }) => [from, colour]);
  return ["step", ["var", "value"], first?.colour ?? "", ...steps];
}
