/** The page: asks what there is, shows it, and passes on what the reader wishes. */

import "maplibre-gl/dist/maplibre-gl.css";
import "./style.css";
import { effect } from "@preact/signals";
import type { Origin, Subset } from "duotile";
import { type ErrorEvent, setWorkerUrl } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { render } from "preact";
import { type Place, parse, print } from "./address";
import { makeDevice } from "./device/device";
import { keepPage } from "./device/keep";
import { DeviceSection } from "./device/section";
import { ago } from "./dom";
import { follow, loaded } from "./load";
import { sayDrawn } from "./map/drawn";
import { BARE } from "./map/ground";
import { followGround, isGround, loadShipped } from "./map/grounds";
import type { Drawable } from "./map/layers";
import { type DataMap, frameOf, frameOn, makeMap, viewOf } from "./map/map";
import { openOnClick } from "./map/popup";
import { theme } from "./map/theme";
import { basemap, busy, catalog, first, origin, status, tell, zoom } from "./page";
import { Foot } from "./panel/foot";
import { GroundHint } from "./panel/ground";
import { Keys, ToMap } from "./panel/keys";
import { Legend } from "./panel/legend";
import { Panel } from "./panel/panel";
import { PerformanceSection } from "./performance/section";
import { follow as followPace } from "./performance/watch";
import { ShareSection } from "./share/section";
import { type Data, openData } from "./source";
import { active, change, DRAWING, redo, reset, state, undo, withLayer } from "./state";
import { playing } from "./time/animation";
import { playOnSpace, TimeBar } from "./time/bar";
import { frames, restore, setPlayer, showFrame } from "./time/frames";
import { followHistogram } from "./time/histogram";
import { makePlayer } from "./time/player";

/** The frames of time, one by one. */
const film = { frames, showFrame, restore };

declare global {
  interface Window {
    /** For those who look at the page from its console, and for its tests. */
    duotile?: { map: DataMap["map"]; settled: () => boolean } & Partial<typeof film>;
  }
}

/** How long the map is waited for before statistics are asked for anyway, in milliseconds. */
const TILED = 3000;

/** Another dataset for the active layer, without what was said of the one before. */
function choose(dataset: string, view: DataMap): void {
  const found = catalog.peek().find(({ id }) => id === dataset);
  const layer = active(state.peek());
  if (!found || !layer) return;
  const { kind, cell, ramp, opacity } = layer.drawing;
  const drawing = { ...DRAWING, kind, cell, ramp, opacity };
  change("dataset", (before) => withLayer(before, layer.id, { dataset, filter: "", drawing }));
  frameOn(view.map, found.focus);
}

/** Looks which datasets there are, on the server or on this device. */
async function look(data: Data): Promise<void> {
  const { value, from } = await data.source.datasets();
  catalog.value = value.datasets;
  if (from === "server") basemap.value = value.basemap ?? null;
  first.value = from === "server" ? value.datasets[0]?.id : undefined;
}

/** A state in which layers without a dataset are of the first, and those of datasets that are not there say so. */
function settle({ state: wish, view }: Place): Place {
  const there = catalog.peek();
  const missing = wish.layers.filter(({ dataset }) => dataset && !there.some(({ id }) => id === dataset));
  const where = first.peek() === undefined ? "on this device" : "on this server";
  if (missing.length > 0) status.value = `There is no ${missing.map(({ dataset }) => dataset).join(", ")} ${where}.`;
  const layers = wish.layers.map((layer) =>
    layer.dataset && !missing.includes(layer)
      ? layer
      : { ...layer, dataset: there[0]?.id ?? "", ...(layer.dataset ? { filter: "", drawing: DRAWING } : {}) },
  );
  return { ...(view && missing.length === 0 ? { view } : {}), state: { ...wish, layers } };
}

/** What of the state can be drawn now. */
function drawables(data: Data): Drawable[] {
  return state.value.layers.flatMap((layer) => {
    const known = loaded.value[layer.id];
    if (!layer.visible || !known?.tileJson) return [];
    const { tileJson } = known;
    return [{ layer, loaded: { ...known, tileJson }, tiles: data.tiles(tileJson.dataset, known.query) }];
  });
}

/** Says where what is on the map comes from. */
function sayOrigin(data: Data): void {
  const layer = active(state.peek());
  const told: Origin = loaded.peek()[layer?.id ?? ""]?.origin ?? { from: "server", partial: false };
  const { server, device, partial, subset = told.subset } = data.share();
  const taken = subset ? `, taken ${ago(subset.taken)}` : "";
  if (!data.source.reachable) {
    const filter = subset && new URLSearchParams(subset.query).get("filter");
    const which = filter ? `: only ${filter}` : subset?.bbox ? ": only a box" : "";
    origin.value =
      partial > 0 || told.partial
        ? { kind: "part", text: `Offline, part of the data${which}${taken}` }
        : { kind: "device", text: `Offline, from this device${taken}` };
  } else if (device > 0) {
    const text = server > 0 ? "From this device and the server" : `From this device${taken}`;
    origin.value = { kind: "device", text };
  } else origin.value = { kind: "server", text: "From the server" };
}

function failed({ error, ...more }: ErrorEvent): void {
  const code = "status" in error ? ` (${error.status})` : "";
  const of = "sourceId" in more && isGround(String(more.sourceId)) ? "base map" : "map";
  status.value = `A part of the ${of} could not be loaded${code}. ${code ? "" : error.message}`;
}

/** Waits until the tiles that were asked for are drawn; not for ever. */
async function tiled({ map, settled }: DataMap): Promise<void> {
  const until = performance.now() + TILED;
  do await Promise.race([map.once("idle"), new Promise((resolve) => setTimeout(resolve, 300))]);
  while (!settled() && performance.now() < until);
}

/** Keys that change nothing but what was changed before. */
function onKey(event: KeyboardEvent): void {
  const { target } = event;
  const typing =
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && ["text", "search", "datetime-local"].includes(target.type));
  if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  if (event.shiftKey) redo();
  else undo();
}

async function start(): Promise<void> {
  const ground = loadShipped().catch((error: unknown) => {
    tell(error);
    return BARE;
  });
  const here = parse(location.hash.slice(1));
  let device: ReturnType<typeof makeDevice> | undefined;
  const renewDevice = () => void device?.update().catch(tell);
  let again = async () => {};
  /** Whether the server answered when it was last asked. */
  let reached = true;
  const answered = () => {
    const back = !reached && data.source.reachable;
    reached = data.source.reachable;
    sayOrigin(data);
    // What was cut from a part is asked of the server, now that it is there.
    if (back) void again().catch(tell);
  };
  const data = await openData(answered, renewDevice);
  const asked = look(data);
  asked.catch(() => undefined);
  const container = document.getElementById("map");
  const page = document.getElementById("page");
  if (!container || !page) throw new Error("the page has no #map or #page");
  setWorkerUrl(new URL(worker, document.baseURI).href);
  const made = ground.then((ground) => makeMap(container, ground, here.view));
  // What the map will show is asked for while it is made.
  await asked;
  const place = settle(here);
  reset(place.state);
  const loader = follow(data, tell, async () => tiled(await made));
  again = async () => {
    data.source.reload();
    data.renew();
    await look(data);
    loader.again();
  };
  const view = await made;
  const { map } = view;
  window.duotile = { map, settled: () => !busy.peek() && view.settled(), ...film };
  map.on("error", failed);
  map.on("dataloading", () => {
    // Frames that are loaded ahead are nothing to wait for.
    if (!playing.peek()) busy.value = true;
  });
  const waiting = () => Object.values(loaded.peek()).some(({ busy }) => busy);
  const player = makePlayer(view, data, () => drawables(data));
  setPlayer(player);
  playOnSpace(player);
  /** What the reader sees: of an animation, the frame that is shown. */
  const shown = () => player.seen(drawables(data));
  // Of tiles that turn out to be unchanged the map says nothing: it is made to look at itself.
  setInterval(() => {
    if (busy.peek() && map.areTilesLoaded()) map.triggerRepaint();
  }, 300);
  map.on("idle", () => {
    sayDrawn(map, shown());
    busy.value = waiting() || !view.settled();
  });
  const onZoom = () => {
    zoom.value = Math.floor(map.getZoom());
  };
  map.on("zoom", onZoom);
  map.on("movestart", ({ originalEvent }) => {
    if (originalEvent) status.value = "";
  });
  openOnClick(map, data.source, shown);

  const takeHold = () => {
    device = makeDevice({
      offline: data.offline,
      faults: data.faults,
      server: data.source.server.base,
      now: () => {
        const layer = active(state.peek());
        const dataset = catalog.peek().find(({ id }) => id === layer?.dataset);
        return layer && dataset ? { dataset, filter: layer.filter } : undefined;
      },
      view: () => frameOf(map),
      reachable: () => data.source.reachable,
      changed: () => void again().catch(tell),
      show: (subset) => open(subset, view),
    });
  };
  render(
    <>
      <ToMap map={map} />
      <Panel choose={(dataset) => choose(dataset, view)} source={data.source}>
        <ShareSection map={map} source={data.source} drawables={shown} />
        <DeviceSection mounted={takeHold} />
        <PerformanceSection map={map} />
      </Panel>
      <Foot>
        <GroundHint />
        <Legend />
        <TimeBar player={player} />
      </Foot>
      <Signs />
      <Keys />
    </>,
    page,
  );
  if (!place.view) {
    const focus = catalog.peek().find(({ id }) => id === active()?.dataset)?.focus;
    if (focus) frameOn(map, focus);
  }
  if (catalog.peek().length === 0) status.value = "This server has no datasets.";
  onZoom();
  followGround(view);
  followHistogram(data);
  followPace(view, () => busy.peek());
  let templates = "";
  effect(() => {
    theme();
    const now = player.arrange(drawables(data));
    const wanted = now.map(({ tiles }) => tiles).join("\n");
    if (wanted !== templates) data.forget();
    templates = wanted;
    view.show(now);
    renewDevice();
  });
  // Columns are seen from the side, when they are chosen; everything else from above.
  let standing = false;
  effect(() => {
    const now = state.value.layers.some(({ visible, drawing }) => visible && drawing.kind === "columns");
    if (now !== standing && (now ? map.getPitch() === 0 : true)) {
      map.easeTo({ pitch: now ? 50 : 0, ...(now ? {} : { bearing: 0 }), duration: 400 });
    }
    standing = now;
  });
  // The address follows; what is typed there is followed.
  const remember = () => {
    const text = print({ view: viewOf(map), state: state.peek() }, first.peek());
    if (text !== location.hash.slice(1)) history.replaceState(history.state, "", `#${text}`);
  };
  effect(() => {
    void state.value;
    remember();
  });
  map.on("moveend", () => {
    remember();
    device?.moved();
  });
  window.addEventListener("hashchange", () => {
    const typed = settle(parse(location.hash.slice(1)));
    reset(typed.state);
    if (typed.view) map.jumpTo({ center: typed.view, ...typed.view });
  });
  window.addEventListener("keydown", onKey);
  effect(() => {
    if (Object.values(loaded.value).some(({ busy }) => busy)) busy.value = true;
    // What was drawn is told when it is there; if nothing was, the map will not speak up by itself.
    else map.triggerRepaint();
  });
  const knock = () => {
    if (data.source.reachable || document.hidden) return;
    data.source.retry();
    data.source.datasets().catch(() => undefined);
  };
  setInterval(knock, 20_000);
  window.addEventListener("online", knock);
  // A page that was kept is kept up to date.
  if ((await data.offline.list()).length > 0) await keepPage().catch(() => undefined);
}

/** Shows a subset: its dataset, its filter, its box if it has one. */
function open(subset: Subset, view: DataMap): void {
  const filter = new URLSearchParams(subset.query).get("filter") ?? "";
  const layer = active(state.peek());
  if (!layer) return;
  change("subset", (before) => withLayer(before, layer.id, { dataset: subset.dataset, filter }));
  if (subset.bbox) frameOn(view.map, subset.bbox);
}

/** A bar while something is under way, and a line at the foot of the map. */
function Signs() {
  return (
    <>
      <div id="progress" hidden={!busy.value || playing.value} />
      <p id="status" role="status" hidden={status.value === ""}>
        {status.value}
      </p>
    </>
  );
}

start().catch(tell);
