/** Draws a saved view from what is in its file: the page's own map and legend over tiles that are there already. */

import { DEEPEST } from "virtual:ground";
import { effect } from "@preact/signals";
import { setWorkerUrl } from "maplibre-gl";
import { render } from "preact";
import { loaded } from "../../load";
import { BARE, naturalEarth } from "../../map/ground";
import type { Drawable } from "../../map/layers";
import { type DataMap, makeMap } from "../../map/map";
import { register } from "../../map/protocols";
import { saySpread } from "../../map/spread";
import { theme } from "../../map/theme";
import { catalog, rest, spread, zoom } from "../../page";
import { Legend } from "../../panel/legend";
import { Lost } from "../../panel/signs";
import { reset } from "../../state";
import { GROUND, type Opened, type Saved } from "./format";
import { popups } from "./popup";
import { gunzip } from "./tiles";

const SCHEME = "saved";

/** Answers MapLibre with what is here. A tile that is not leaves its place to the one above it. */
function answer({ saved, bytes }: Opened): void {
  const places = new Map(saved.tiles.map(([address, at, length]) => [address, [at, length] as const]));
  register(SCHEME, async ({ url }) => {
    const place = places.get(url.slice(SCHEME.length + 3));
    if (!place) throw Object.assign(new Error(`${url} is not in this file`), { status: 404 });
    return { data: await gunzip(bytes.slice(place[0], place[0] + place[1])) };
  });
}

async function start(opened: Opened): Promise<void> {
  const { saved, worker } = opened;
  setWorkerUrl(worker);
  answer(opened);
  catalog.value = saved.catalog;
  loaded.value = saved.loaded;
  reset(saved.state);
  const [container, page] = [document.getElementById("map"), document.getElementById("page")];
  if (!container || !page) throw new Error("the file has no #map or #page");
  const ground = saved.state.ground === "none" ? BARE : naturalEarth(`${SCHEME}://${GROUND}/{z}/{x}/{y}`, DEEPEST);
  const view: DataMap = await makeMap(container, ground, saved.view);
  const { map } = view;
  const drawables: Drawable[] = saved.state.layers.flatMap((layer) => {
    const known = saved.loaded[layer.id];
    if (!layer.visible || !known?.tileJson) return [];
    const { tileJson } = known;
    return [{ layer, loaded: { ...known, tileJson }, tiles: `${SCHEME}://${layer.id}/{z}/{x}/{y}` }];
  });
  const onZoom = () => {
    zoom.value = map.getZoom();
  };
  map.on("zoom", onZoom);
  onZoom();
  const rests = () => {
    rest.value = map.getZoom();
  };
  map.on("moveend", rests);
  rests();
  map.on("idle", () => saySpread(map, drawables));
  map.on("styledata", () => frame(map, saved));
  popups(map, drawables);
  window.duotile = { map, settled: view.settled };
  page.textContent = "";
  render(
    <>
      <About saved={saved} />
      <Legend />
      <Lost />
    </>,
    page,
  );
  effect(() => {
    theme();
    void [spread.value, rest.value];
    view.show(drawables);
  });
}

/** A line around what is here: beyond it, an empty map does not mean that there is nothing. */
function frame(map: DataMap["map"], { box: [west, south, east, north] }: Saved): void {
  if (east - west >= 360 || map.getLayer("saved-frame")) return;
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  if (!map.getSource("saved-frame")) {
    const geometry = { type: "Polygon" as const, coordinates: [ring] };
    map.addSource("saved-frame", { type: "geojson", data: { type: "Feature", properties: {}, geometry } });
  }
  map.addLayer({
    id: "saved-frame",
    type: "line",
    source: "saved-frame",
    paint: { "line-color": theme().text, "line-width": 1.5, "line-dasharray": [3, 2] },
  });
}

function About({ saved }: { saved: Saved }) {
  const { title, choice, made, from, zoom, deepest } = saved;
  const deeper = deepest - zoom;
  return (
    <section id="panel" aria-label="About this map">
      <h1 id="title">{title}</h1>
      {choice && <p id="facts">{choice}</p>}
      <details class="section">
        <summary>A saved view</summary>
        <p>
          Saved on {made.slice(0, 10)} at {made.slice(11, 16)} UTC from <code>{from.replace(/#.*/, "")}</code>.
          Everything it shows is in this file.
        </p>
        <p>
          Within the dashed line it holds{" "}
          {deeper > 0
            ? `${deeper} more ${deeper === 1 ? "zoom" : "zooms"}`
            : deeper === 0
              ? "this zoom"
              : "what is seen from farther away"}
          ; closer, what is there is drawn larger.
        </p>
      </details>
    </section>
  );
}

if (globalThis.duotileSaved) await start(globalThis.duotileSaved);
