/** Duotile's tiles in MapLibre: by the server's own style, and as a source with layers of one's own. */

import { Map as MapLibre, NavigationControl, Popup, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import { asked, json } from "./asked.ts";

declare const COUNTRIES: string;
declare const MAPLIBRE_WORKER: string;
/** What tests drive. */
declare global {
  interface Window {
    map?: MapLibre;
  }
}

setWorkerUrl(new URL(MAPLIBRE_WORKER, document.baseURI).href);

const address = await asked();
const { bounds, vector_layers } = await json(address("tilejson.json"));
const map = new MapLibre({ container: "map", bounds, fitBoundsOptions: { padding: 20 }, style: address("style.json") });
window.map = map;
map.addControl(new NavigationControl());

// The same tiles, drawn otherwise: a source by its TileJSON, circles as large as their count.
const own = {
  version: 8 as const,
  sources: {
    countries: {
      type: "geojson" as const,
      data: new URL(COUNTRIES, document.baseURI).href,
      attribution: "Natural Earth",
    },
    points: { type: "vector" as const, url: address("tilejson.json") },
  },
  layers: [
    { id: "sea", type: "background" as const, paint: { "background-color": "#dde4ea" } },
    { id: "land", type: "fill" as const, source: "countries", paint: { "fill-color": "#f6f6f4" } },
    {
      id: "counts",
      type: "circle" as const,
      source: "points",
      "source-layer": vector_layers[0].id,
      paint: {
        // Rows, which tiles have from some zoom on, count once.
        "circle-radius": ["^", ["coalesce", ["get", "point_count"], 1], 0.3],
        "circle-color": "#31688e",
        "circle-opacity": 0.5,
      },
    },
  ],
};

for (const input of document.querySelectorAll<HTMLInputElement>("input[name=style]"))
  input.addEventListener("change", () => map.setStyle(input.value === "own" ? (own as never) : address("style.json")));

map.on("click", ({ point, lngLat }) => {
  const [found] = map.queryRenderedFeatures(point).filter(({ source }) => source !== "countries");
  if (!found) return;
  const facts = Object.entries(found.properties).map(([name, value]) => `${name}: ${value}`);
  const text = Object.assign(document.createElement("pre"), { textContent: facts.join("\n") });
  new Popup().setLngLat(lngLat).setDOMContent(text).addTo(map);
});
