/** The page: asks what there is, shows it, and passes on what the reader wishes. */

import "maplibre-gl/dist/maplibre-gl.css";
import "./style.css";
import { effect } from "@preact/signals";
import { prewarm, setWorkerUrl } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { render } from "preact";
import { parse } from "./address";
import { RowsDrawer } from "./answers/drawer";
import { fit } from "./answers/fit";
import { AnswersSection } from "./answers/section";
import { AreaLayer } from "./area/layer";
import { areaIn } from "./area/view";
import { choose, look, open, readAddress } from "./choose";
import { compared, isAbove, painted, second } from "./compare/compared";
import { followCompared } from "./compare/follow";
import { makePair } from "./compare/pair";
import { makeDevice } from "./device/device";
import { DropFile } from "./device/drop";
import { keepPage } from "./device/keep";
import { DeviceSection } from "./device/section";
import { checking } from "./filter/check";
import { dragging } from "./filter/dragging";
import { followAddress } from "./history";
import { follow } from "./load";
import { followGround } from "./map/grounds";
import type { Drawable } from "./map/layers";
import { type DataMap, makeMap, openOn } from "./map/map";
import { openOnClick } from "./map/popup";
import { shipped } from "./map/shipped";
import { theme } from "./map/theme";
import { frameOf } from "./map/view";
import { tiled, tilt, watch } from "./map/watch";
import { hasWebGl } from "./map/webgl";
import { sayOrigin } from "./origin";
import { busy, catalog, rest, spread, status, tell } from "./page";
import { Foot } from "./panel/foot";
import { GroundHint } from "./panel/ground";
import { Keys, ToMap } from "./panel/keys";
import { Legend } from "./panel/legend";
import { Panel } from "./panel/panel";
import { NoWebGl, Signs } from "./panel/signs";
import { UnseenHint } from "./panel/unseen";
import { PerformanceSection } from "./performance/section";
import { follow as followPace } from "./performance/watch";
import { ShareSection } from "./share/section";
import { type Data, isWell, openData } from "./source";
import { active, state } from "./state";
import { playOnSpace, TimeBar } from "./time/bar";
import { frames, restore, setPlayer, showFrame } from "./time/frames";
import { followHistogram } from "./time/histogram";
import { makePlayer } from "./time/player";

/** The frames of time, one by one. */
const film = { frames, showFrame, restore };

declare global {
  interface Window {
    /** For those who look at the page from its console, and for its tests. */
    duotile?: { map: DataMap["map"]; settled: () => boolean; above?: () => DataMap["map"] | undefined } & Partial<
      typeof film
    >;
  }
}

/** What of the state can be drawn now. */
function drawables(data: Data): Drawable[] {
  return state.value.layers.flatMap((layer) => {
    const known = painted.value[layer.id];
    if (!layer.visible || !known?.tileJson) return [];
    const { tileJson } = known;
    return [{ layer, loaded: { ...known, tileJson }, tiles: data.tiles(tileJson.dataset, known.query) }];
  });
}

/** How long the map waits for data to begin with, in milliseconds. */
const SOON = 300;

/** Waits until something can be drawn; not for long. */
function begun(data: Data): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (drawables(data).length > 0) resolve();
    });
    setTimeout(() => {
      stop();
      resolve();
    }, SOON);
  });
}

/** How often a server that did not answer is asked again, in milliseconds. */
const KNOCK = 20_000;

/** Data that changes is followed so often at most, in milliseconds. */
const CALM = 5000;

async function start(): Promise<void> {
  setWorkerUrl(new URL(worker, document.baseURI).href);
  // Its worker starts while this thread asks what there is.
  prewarm();
  const ground = shipped();
  const container = document.getElementById("map");
  const page = document.getElementById("page");
  if (!container || !page) throw new Error("the page has no #map or #page");
  let device: ReturnType<typeof makeDevice> | undefined;
  const renewDevice = () => void device?.update().catch(tell);
  let again = async () => {};
  /** Whether the server answered when it was last asked. */
  let well = true;
  const answered = () => {
    const back = !well && isWell(data);
    well = isWell(data);
    sayOrigin(data);
    if (!back) return;
    // What was cut from a part, or could not be had, is asked of the server, now that it is there.
    status.value = "";
    asked = performance.now();
    void again().catch(tell);
  };
  /** When everything was asked for again. */
  let asked = Number.NEGATIVE_INFINITY;
  /** What could not be had is asked for again when the server is back; not at once, if it is only a part that never comes. */
  const missed = () => {
    if (!data.source.reachable && performance.now() - asked > KNOCK) answered();
  };
  const unanswered = (error: unknown) => {
    missed();
    tell(error);
  };
  /** Datasets that have changed, and when they are asked for anew: of several servers that differ, not at each answer. */
  const changed = new Set<string>();
  let renewed = Number.NEGATIVE_INFINITY;
  const renew = (dataset: string) => {
    if (changed.size === 0) setTimeout(showNew, Math.max(renewed + CALM - performance.now(), 0));
    changed.add(dataset);
  };
  const showNew = () => {
    renewed = performance.now();
    status.value = `The server has new data of ${[...changed].join(", ")}, which is shown now.`;
    changed.clear();
    void again().catch(tell);
  };
  const data = await openData(answered, renewDevice, renew);
  await look(data).catch(tell);
  const place = readAddress();
  const loader = follow(data, unanswered, async () => tiled(await made));
  // A map that begins with data draws once what it would draw twice.
  const made = begun(data).then(async () => {
    const { view } = parse(location.hash.slice(1));
    if (view) rest.value = view.zoom;
    if (hasWebGl) return makeMap(container, ground, view);
    return (await import("./flat/make")).makeFlat(container, view, data.source);
  });
  again = async () => {
    data.source.reload();
    data.renew();
    const none = catalog.peek().length === 0;
    await look(data);
    if (none) readAddress();
    loader.again();
  };
  const view = makePair(await made, ground, isAbove);
  const { map } = view;
  const above = () => second.peek();
  map.on("error", missed);
  window.duotile = { map, settled: () => !busy.peek() && checking.peek() === 0 && view.settled(), above, ...film };
  const player = makePlayer(view, data, () => drawables(data));
  setPlayer(player);
  playOnSpace(player);
  /** What the reader sees: of an animation, the frame that is shown. */
  const shown = () => player.seen(drawables(data));
  if (hasWebGl) openOnClick(map, data.source, shown);
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
      opened: (subset) => data.source.open(subset),
      show: (subset) => open(subset, view),
    });
    map.on("moveend", () => device?.moved());
    renewDevice();
  };
  const openFile = async (file: File) => {
    const dataset = await data.source.openFile(file);
    await look(data);
    choose(dataset.id, view);
    return data.source.notesOf(dataset.id);
  };
  render(
    <>
      <ToMap map={map} />
      <AreaLayer map={map} />
      <Panel
        choose={(dataset) => choose(dataset, view)}
        fit={(extent) => void fit(view, data.source, extent)}
        source={data.source}
        inView={() => areaIn(map)}
      >
        <AnswersSection map={map} source={data.source} drawables={shown} />
        <ShareSection map={map} source={data.source} drawables={shown} />
        <DeviceSection mounted={takeHold} open={openFile} />
        <PerformanceSection map={map} />
      </Panel>
      <Foot>
        <RowsDrawer map={map} source={data.source} />
        {!hasWebGl && <NoWebGl />}
        <GroundHint />
        <UnseenHint fit={(extent) => void fit(view, data.source, extent)} />
        <Legend />
        <TimeBar player={player} source={data.source} fit={() => void fit(view, data.source, "passes")} />
      </Foot>
      <DropFile open={openFile} />
      <Signs />
      <Keys />
    </>,
    page,
  );
  if (!place.view) {
    const dataset = catalog.peek().find(({ id }) => id === active()?.dataset);
    if (dataset) openOn(map, dataset);
  }
  if (hasWebGl) followCompared(view, data.source, shown);
  watch(view, shown);
  followGround(view);
  followHistogram(data);
  followPace(view, () => busy.peek());
  let templates = "";
  effect(() => {
    // What layers are painted by, also where they are painted later.
    theme();
    void [spread.value, rest.value, compared.value];
    const now = player.arrange(drawables(data));
    const wanted = now.map(({ tiles }) => tiles).join("\n");
    if (wanted !== templates) data.forget();
    templates = wanted;
    view.show(now);
    if (!dragging.peek()) renewDevice();
  });
  tilt(view);
  followAddress(view);
  const knock = () => {
    if (isWell(data) || document.hidden) return;
    // One that is busy has said when to come again, or is left alone for a while.
    if (!data.source.busy) data.source.retry();
    data.source.datasets().catch(() => undefined);
  };
  setInterval(knock, KNOCK);
  window.addEventListener("online", () => {
    data.source.retry();
    knock();
  });
  // A page that was kept is kept up to date.
  if ((await data.offline.list()).length > 0) await keepPage().catch(() => undefined);
}

start().catch(tell);
