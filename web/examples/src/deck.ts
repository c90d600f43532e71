/** Duotile's tiles in deck.gl: squares coloured by how many rows they hold, which a tooltip tells. */

import { Deck, WebMercatorViewport } from "@deck.gl/core";
import { MVTLayer } from "@deck.gl/geo-layers";
import { GeoJsonLayer } from "@deck.gl/layers";
import { asked, json } from "./asked.ts";

declare const COUNTRIES: string;
declare const MVT_WORKER: string;
/** What tests drive. */
declare global {
  interface Window {
    deck?: Deck;
  }
}

const COLOURS: [number, number, number][] = [
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [53, 183, 121],
  [181, 222, 43],
  [253, 231, 37],
];

const address = await asked();
// Cells at every zoom, as squares; any parameter of the page's address goes before these.
const query = { mode: "cells", shape: "polygon" };
const { bounds, measures } = await json(address("metadata.json", query));

/** Of cells at a zoom, the counts at which the colour changes: their quantiles, which `metadata.json` has. */
function breaks(zoom: number): number[] {
  const { probabilities, zooms } = measures[0];
  const { quantiles } = zooms.findLast(({ z }: { z: number }) => z <= zoom) ?? zooms[0];
  return [0.3, 0.5, 0.7, 0.9, 0.95].map((share) => quantiles[probabilities.indexOf(share)]);
}

const [west, south, east, north] = bounds;
const view = new WebMercatorViewport({ width: innerWidth, height: innerHeight });
const { longitude, latitude, zoom } = view.fitBounds(
  [
    [west, south],
    [east, north],
  ],
  { padding: 20 },
);

window.deck = new Deck({
  initialViewState: { longitude, latitude, zoom: Math.max(zoom, 0) },
  controller: true,
  getTooltip: ({ object }) => object && `${object.properties.point_count} rows`,
  layers: [
    new GeoJsonLayer({ id: "ground", data: new URL(COUNTRIES, document.baseURI).href, getFillColor: [29, 35, 45] }),
    new MVTLayer({
      id: "cells",
      data: address("tilejson.json", query),
      // Unless told, deck.gl loads the worker that decodes tiles from unpkg.com.
      loadOptions: { mvt: { workerUrl: new URL(MVT_WORKER, document.baseURI).href } },
      pickable: true,
      autoHighlight: true,
      renderSubLayers: (props) => {
        const at = breaks(props.tile.index.z);
        const colour = (count: number) => COLOURS[at.filter((value) => count > value).length];
        return new GeoJsonLayer({
          ...props,
          stroked: false,
          getFillColor: ({ properties }: { properties: { point_count: number } }) =>
            colour(properties.point_count) ?? [0, 0, 0],
        });
      },
    }),
  ],
});
