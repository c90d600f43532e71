/** How a dataset is drawn as it opens: rows with an outline and finished tiles as they are, points as cells. */

import type { Dataset } from "duotile";
import { catalog } from "../../page";
import { DRAWING, type Drawing, type Kind, type Layer } from "../../state";
import { RAMPS } from "../theme";

/** All but the one for values around a middle. */
const SEQUENTIAL = RAMPS.slice(0, -1);

/** What is told of a dataset; the first is meant by no name. */
const told = (dataset: string) =>
  catalog.value.find(({ id }) => id === dataset) ?? (dataset ? undefined : catalog.value[0]);

/** Whether it is an archive of finished tiles. */
export const isArchive = (dataset: string): boolean => told(dataset)?.archive !== undefined;

/** What rows of a dataset are. */
const typesOf = (dataset: string): readonly string[] => told(dataset)?.geometry_types ?? [];

/** Whether rows of a dataset are lines or polygons. */
export const hasShapes = (dataset: string): boolean => typesOf(dataset).some((type) => !/Point$/.test(type));
export const hasPolygons = (dataset: string): boolean => typesOf(dataset).some((type) => /Polygon$/.test(type));

/** Whether what is drawn stands on the ground: columns, and polygons that are as high as a number of the dataset. */
export function stands({ dataset, drawing: { kind, size } }: Layer, about: Dataset | undefined): boolean {
  if (kind !== "shapes" || !size) return kind === "columns";
  const isHigh = about?.columns.some(({ name, type }) => name === size && type !== "text" && type !== "boolean");
  return isHigh === true && hasPolygons(dataset);
}

export function usualKind(dataset: string): Kind {
  if (isArchive(dataset)) return "tiles";
  return hasShapes(dataset) ? "shapes" : DRAWING.kind;
}

/** How the layer at a place is drawn before anything is chosen: each begins in colours of its own. */
export const usualDrawing = (dataset: string, at = 0): Drawing => ({
  ...DRAWING,
  kind: usualKind(dataset),
  ramp: SEQUENTIAL[at % SEQUENTIAL.length] ?? DRAWING.ramp,
});

/** How a layer is drawn that is of another dataset from now on: as before, but for what was of columns and values. */
export function drawingFor({ dataset: before, drawing }: Layer, dataset: string): Drawing {
  if (before === dataset) return drawing;
  const { kind, cell, ramp, opacity } = drawing;
  return { ...DRAWING, kind: kindFor(kind, before, dataset), cell, ramp, opacity };
}

/** The kind of one dataset for another: what was usual there is what is usual here, and shapes are only drawn where there are some. */
export function kindFor(kind: Kind, before: string, after: string): Kind {
  if (isArchive(before) || isArchive(after)) return usualKind(after);
  if (kind === usualKind(before) || (kind === "shapes" && !hasShapes(after))) return usualKind(after);
  return kind;
}
