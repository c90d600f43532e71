/**
 * State and view as what follows `#` in the page's address, and back. A layer begins with `dataset=`; what follows it,
 * up to the next, is about it. What is as it would be anyway is left out, so that a short address says what matters.
 */

import {
  type CellSize,
  DRAWING,
  type Drawing,
  GROUND,
  type Kind,
  type Layer,
  type Mix,
  MOST_LAYERS,
  makeLayer,
  plain,
  type Scale,
  type State,
} from "./state";

/** Where the map looks. */
export interface View {
  zoom: number;
  lat: number;
  lng: number;
  bearing: number;
  pitch: number;
}

/** What an address says. A layer without a dataset is of the one that is shown first. */
export interface Place {
  view?: View;
  /** How many layers are left aside: those after the most that there may be. */
  aside?: number;
  state: State;
}

/** What may be chosen: finished tiles are drawn as they are, and nothing else is. */
const KINDS: readonly string[] = ["cells", "hexagons", "points", "heat", "columns", "shapes"] satisfies Kind[];
const SCALES: readonly string[] = ["balanced", "equal", "log", "linear"] satisfies Scale[];
const MIXES: readonly string[] = ["mixed", "most", "share", "difference", "ratio"] satisfies Mix[];
/** No resolution of H3 is finer. */
const FINEST = 15;
/** No line is wider, in pixels. */
const MOST_LINE = 20;
const CELLS: readonly number[] = [0, 1, 2, 4, 8, 16, 32, 64] satisfies CellSize[];

/** How layers of a dataset are drawn when nothing else is said; `at` tells which of the map's datasets it is. */
type Usual = (dataset: string, at: number) => Drawing;
const ALIKE: Usual = () => DRAWING;

/** Which of the datasets of layers, in their order, one is: layers of one dataset begin in the same colours. */
function placeAmong(layers: readonly Layer[], dataset: string): number {
  const all = [...new Set(layers.map((layer) => layer.dataset))];
  const at = all.indexOf(dataset);
  return at < 0 ? all.length : at;
}

/** The text after `#`. `first` is the dataset that is shown when none is named. */
export function print({ view, state }: Place, first: string | undefined, usual = ALIKE): string {
  const pairs: [string, string][] = [];
  if (view) pairs.push(["view", printView(view)]);
  for (const [name, part] of [["time", state.window] as const, ["span", state.span] as const]) {
    if (part) pairs.push([name, part.map((ms) => new Date(ms).toISOString()).join("/")]);
  }
  if (state.compare) pairs.push(["compare", state.compare]);
  // A file is of this device, and of this page while it is open.
  if (state.ground !== GROUND && !state.ground.startsWith("file:")) pairs.push(["ground", state.ground]);
  state.layers.forEach((layer, at) => {
    const { drawing } = layer;
    if (at > 0 || layer.dataset !== first) pairs.push(["dataset", layer.dataset]);
    if (layer.filter) pairs.push(["filter", layer.filter]);
    if (!layer.visible) pairs.push(["hidden", "1"]);
    for (const name of Object.keys(DRAWING) as (keyof Drawing)[]) {
      if (drawing[name] !== usual(layer.dataset, placeAmong(state.layers, layer.dataset))[name])
        pairs.push([name, String(drawing[name])]);
    }
    if (layer.id === state.active && state.layers.length > 1 && at < state.layers.length - 1)
      pairs.push(["active", "1"]);
  });
  return pairs.map(([name, value]) => `${name}=${readable(value)}`).join("&");
}

/**
 * Reads what follows `#`. What is odd in it is left aside; a wrong filter is for the server to explain. `first` is the dataset that is
 * meant where none is named.
 */
export function parse(text: string, usual = ALIKE, first?: string): Place {
  const layers: Layer[] = [];
  let place: Partial<Place> = {};
  let rest: Partial<State> = {};
  let active: string | undefined;
  let aside = 0;
  const make = (dataset: string) => {
    const named = layers.map((layer) => ({ ...layer, dataset: layer.dataset || (first ?? "") }));
    const at = placeAmong(named, dataset || (first ?? ""));
    return makeLayer(layers, dataset, { drawing: usual(dataset, at) });
  };
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === "view") {
      const view = parseView(value);
      if (view) place = { ...place, view };
    } else if (name === "time" || name === "span") {
      const [from = Number.NaN, to = Number.NaN] = value.split("/").map((end) => Date.parse(end));
      if (from < to) rest = { ...rest, [name === "time" ? "window" : "span"]: [from, to] };
    } else if (name === "compare") {
      if (value === "swipe" || value === "beside") rest = { ...rest, compare: value };
    } else if (name === "ground") {
      rest = { ...rest, ground: value };
    } else if (name === "dataset") {
      if (layers.length < MOST_LAYERS) layers.push(make(value));
      else aside += 1;
    } else if (aside === 0) {
      const layer = layers.pop() ?? make("");
      if (name === "active") active = layer.id;
      layers.push(about(layer, name, value));
    }
  }
  if (layers.length === 0) layers.push(make(""));
  const drawn = layers.map((layer) => ({ ...layer, drawing: plain(layer.drawing) }));
  const state = { layers: drawn, active: active ?? layers.at(-1)?.id ?? "", ground: GROUND, ...rest };
  return { ...place, ...(aside > 0 ? { aside } : {}), state };
}

/** A layer with one more thing that the address says of it. */
function about(layer: Layer, name: string, value: string): Layer {
  const drawn = (drawing: Partial<Drawing>): Layer => ({ ...layer, drawing: { ...layer.drawing, ...drawing } });
  const number = numberOf(value);
  switch (name) {
    case "filter":
      return { ...layer, filter: value };
    case "hidden":
      return { ...layer, visible: false };
    case "kind":
      return KINDS.includes(value) ? drawn({ kind: value as Kind }) : layer;
    case "scale":
      return SCALES.includes(value) ? drawn({ scale: value as Scale }) : layer;
    case "cell":
      return CELLS.includes(number) ? drawn({ cell: number as CellSize }) : layer;
    case "res":
      return Number.isInteger(number) && number >= -1 && number <= FINEST ? drawn({ res: number }) : layer;
    case "line":
      return number >= 0 && number <= MOST_LINE ? drawn({ line: number }) : layer;
    case "opacity":
      return number >= 0 && number <= 1 ? drawn({ opacity: number }) : layer;
    case "mix":
      return MIXES.includes(value) ? drawn({ mix: value as Mix }) : layer;
    case "measure":
    case "category":
    case "first":
    case "second":
    case "size":
    case "ramp":
    case "lock":
      return drawn({ [name]: value });
    default:
      return layer;
  }
}

/** Zoom, latitude, longitude, and bearing and pitch where they are not 0, as MapLibre has them in addresses. */
function printView({ zoom, lat, lng, bearing, pitch }: View): string {
  // As many digits as a pixel has.
  const digits = Math.ceil((zoom * Math.LN2 + Math.log(512 / 360 / 0.5)) / Math.LN10);
  const round = (value: number, digits: number) => Number(value.toFixed(Math.max(digits, 0)));
  const parts = [round(zoom, 2), round(lat, digits), round(lng, digits), round(bearing, 1), Math.round(pitch)];
  while (parts.length > 3 && parts.at(-1) === 0) parts.pop();
  return parts.join("/");
}

function parseView(text: string): View | undefined {
  const parts = text.split("/").map(numberOf);
  const [zoom = Number.NaN, lat = Number.NaN, lng = Number.NaN, bearing = 0, pitch = 0] = parts;
  const odd = ![zoom, lat, lng, ...parts].every(Number.isFinite) || Math.abs(lat) > 90;
  return odd ? undefined : { zoom, lat, lng, bearing, pitch };
}

/** A number that is written, which nothing is not. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** Percent-encoded only where the address would be read otherwise: a person can read the rest. */
function readable(value: string): string {
  return encodeURIComponent(value)
    .replace(/%(?:2F|3A|2C|40|24|3B|3D)/g, decodeURIComponent)
    .replaceAll("%20", "+");
}
