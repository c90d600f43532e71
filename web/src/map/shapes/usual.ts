/** How a dataset is drawn as it opens: rows with an outline as they are, points as cells. */

import { catalog } from "../../page";
import { DRAWING, type Drawing, type Kind } from "../../state";

/** What rows of a dataset are; the first dataset is meant by no name. */
function typesOf(dataset: string): readonly string[] {
  const found = catalog.value.find(({ id }) => id === dataset) ?? (dataset ? undefined : catalog.value[0]);
  return found?.geometry_types ?? [];
}

/** Whether rows of a dataset are lines or polygons. */
export const hasShapes = (dataset: string): boolean => typesOf(dataset).some((type) => !/Point$/.test(type));
export const hasPolygons = (dataset: string): boolean => typesOf(dataset).some((type) => /Polygon$/.test(type));

export const usualKind = (dataset: string): Kind => (hasShapes(dataset) ? "shapes" : DRAWING.kind);

/** What is drawn of a dataset before anything is chosen. */
export const usualDrawing = (dataset: string): Drawing => ({ ...DRAWING, kind: usualKind(dataset) });

/** The kind of one dataset for another: what was usual there is what is usual here, and shapes are only drawn where there are some. */
export function kindFor(kind: Kind, before: string, after: string): Kind {
  if (kind === usualKind(before) || (kind === "shapes" && !hasShapes(after))) return usualKind(after);
  return kind;
}
