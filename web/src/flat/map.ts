/**
 * A map without WebGL: a canvas that is moved by pointers, wheel and keys, and says what happens as MapLibre does, as far as the
 * page listens to it. What is drawn on it is up to who made it.
 */

import type { Frame } from "../map/view";
import type { Box } from "../tiles/place";
import { boxOf, type Camera, fitting, held, panned, project, unproject, zoomed } from "./camera";

type Listener = (event: Record<string, unknown>) => void;
interface Point {
  lng: number;
  lat: number;
}
interface Move extends Partial<Camera> {
  center?: Point | readonly [number, number];
}
type Corners = readonly [[number, number], [number, number]];
const isPart = (given: object | undefined): given is Corners => Array.isArray(given);
type Sides = Record<"top" | "right" | "bottom" | "left", number>;

/** A step of a wheel, in pixels; pixels that an arrow moves the map by. */
const WHEEL = 300;
const ARROW = 100;

export class FlatMap {
  readonly #container: HTMLElement;
  readonly #canvas = document.createElement("canvas");
  readonly #listeners = new Map<string, Set<Listener>>();
  #camera: Camera = { lng: 0, lat: 0, zoom: 0, width: 1, height: 1 };
  #moving = false;
  #due = false;
  #sources: Record<string, { attribution?: string | undefined }> = {};
  /** Draws what is seen; set by who made the map. Says whether more is to come. */
  draw: (context: CanvasRenderingContext2D, camera: Camera) => boolean = () => false;

  constructor(container: HTMLElement, view: Partial<Camera> | undefined) {
    this.#container = container;
    this.#canvas.className = "flat maplibregl-canvas";
    this.#canvas.tabIndex = 0;
    Object.assign(this.#canvas, { role: "region", ariaLabel: "Map" });
    container.append(this.#canvas);
    this.#camera = { ...this.#camera, ...view };
    new ResizeObserver(() => this.resize()).observe(container);
    this.resize();
    this.#listen();
  }

  get camera(): Camera {
    return this.#camera;
  }

  on(name: string, listener: Listener): this {
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(listener));
    return this;
  }

  off(name: string, listener: Listener): this {
    this.#listeners.get(name)?.delete(listener);
    return this;
  }

  once(name: string, listener?: Listener): Promise<unknown> | this {
    const wait = (then: Listener) => {
      const heard: Listener = (event) => {
        this.off(name, heard);
        then(event);
      };
      this.on(name, heard);
    };
    if (!listener) return new Promise((resolve) => wait(resolve));
    wait(listener);
    return this;
  }

  fire(name: string, event: Record<string, unknown> = {}): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener({ type: name, target: this, ...event });
  }

  /** Moves; `by` is what the reader did. */
  move(camera: Camera, by?: Event): void {
    const before = this.#camera;
    this.#camera = held(camera);
    const event = by ? { originalEvent: by } : {};
    if (!this.#moving) this.fire("movestart", event);
    this.fire("move", event);
    if (before.zoom !== this.#camera.zoom) {
      this.fire("zoom", event);
      this.fire("zoomend", event);
    }
    if (!this.#moving) this.fire("moveend", event);
    this.triggerRepaint();
  }

  jumpTo({ center, ...more }: Move): this {
    const [lng, lat] = center === undefined ? [] : "lng" in center ? [center.lng, center.lat] : center;
    const zoom = more.zoom ?? this.#camera.zoom;
    this.move({ ...this.#camera, zoom, lng: lng ?? this.#camera.lng, lat: lat ?? this.#camera.lat });
    return this;
  }

  easeTo(move: Move): this {
    return this.jumpTo(move);
  }

  fitBounds(bounds: Frame, { padding, maxZoom }: { padding: Sides; maxZoom: number }): this {
    this.move(fitting(this.#camera, bounds, padding, maxZoom));
    return this;
  }

  zoomIn = (): void => this.move(zoomed(this.#camera, 1, this.#camera.width / 2, this.#camera.height / 2));
  zoomOut = (): void => this.move(zoomed(this.#camera, -1, this.#camera.width / 2, this.#camera.height / 2));

  getCenter = (): Point & { toArray: () => [number, number] } => {
    const { lng, lat } = this.#camera;
    return { lng, lat, toArray: () => [lng, lat] };
  };
  getZoom = (): number => this.#camera.zoom;
  getBearing = (): number => 0;
  getPitch = (): number => 0;
  getBounds() {
    const [west, south, east, north]: Box = boxOf(this.#camera);
    return { getWest: () => west, getSouth: () => south, getEast: () => east, getNorth: () => north };
  }
  project = (place: readonly [number, number] | Point) =>
    "lng" in place ? project(this.#camera, place.lng, place.lat) : project(this.#camera, place[0], place[1]);
  unproject = ([x, y]: readonly [number, number]) => unproject(this.#camera, x, y);

  getCanvas = (): HTMLCanvasElement => this.#canvas;
  getContainer = (): HTMLElement => this.#container;
  getCanvasContainer = (): HTMLElement => this.#container;
  getStyle = () => ({
    sources: this.#sources,
    layers: this.#ids().map((id) => ({ id })),
  });
  #ids = (): string[] => Object.keys(this.#sources).map((id) => `cells-${id}`);
  setSources(sources: Record<string, { attribution?: string | undefined }>): void {
    this.#sources = sources;
  }
  /** The places of a layer's cells on a part of the screen; set by who made the map. */
  placesIn: (id: string, part: Box) => [number, number][] = () => [];

  // What is asked of MapLibre's layers: of those of cells, and whether there are any.
  getLayer = (id: string) => (this.#ids().includes(id) ? { id, type: "raster" } : undefined);
  getLayoutProperty = (): undefined => undefined;
  getSource = (): undefined => undefined;
  getLayersOrder = (): string[] => [];
  queryRenderedFeatures = (first?: Corners | { layers?: string[] }, second?: { layers?: string[] }) => {
    const { width, height } = this.#camera;
    const part: Box = isPart(first) ? [...first[0], ...first[1]] : [0, 0, width, height];
    const { layers = this.#ids() } = (isPart(first) ? second : first) ?? {};
    const places = layers.flatMap((id) => this.placesIn(id, part));
    return places.map((coordinates) => ({ type: "Feature", geometry: { type: "Point", coordinates } }));
  };
  isMoving = (): boolean => this.#moving;
  loaded = (): boolean => !this.#due;
  areTilesLoaded = (): boolean => !this.#due;
  getPixelRatio = (): number => window.devicePixelRatio || 1;

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#container;
    const ratio = this.getPixelRatio();
    const before = this.#camera;
    this.#camera = { ...before, width: Math.max(width, 1), height: Math.max(height, 1) };
    Object.assign(this.#canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const other = before.width !== this.#camera.width || before.height !== this.#camera.height;
    // Another part of the world is seen.
    if (other) for (const name of ["movestart", "move", "resize", "moveend"]) this.fire(name);
    this.triggerRepaint();
  }

  triggerRepaint(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      const context = this.#canvas.getContext("2d");
      const ratio = this.getPixelRatio();
      context?.setTransform(ratio, 0, 0, ratio, 0, 0);
      const more = context ? this.draw(context, this.#camera) : false;
      this.fire("render");
      if (!more && !this.#due && !this.#moving) this.fire("idle");
    });
  }

  #listen(): void {
    const canvas = this.#canvas;
    const fingers = new Map<number, { x: number; y: number }>();
    let far = 0;
    const at = ({ offsetX, offsetY }: MouseEvent) => ({ x: offsetX, y: offsetY });
    const told = (event: MouseEvent) => ({
      point: at(event),
      lngLat: this.unproject([event.offsetX, event.offsetY]),
      originalEvent: event,
    });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, at(event));
      far = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) {
        this.fire("mousemove", told(event));
        return;
      }
      const now = at(event);
      far += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
      if (far < 4) return;
      if (!this.#moving) {
        this.fire("movestart", { originalEvent: event });
        this.#moving = true;
      }
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      let camera = panned(this.#camera, (now.x - before.x) / fingers.size, (now.y - before.y) / fingers.size);
      if (other) {
        const apart = (a: typeof now) => Math.max(Math.hypot(a.x - other.x, a.y - other.y), 8);
        const by = Math.log2(apart(now) / apart(before));
        camera = zoomed(camera, by, (now.x + other.x) / 2, (now.y + other.y) / 2);
      }
      this.move(camera, event);
    });
    const end = (event: PointerEvent) => {
      if (!fingers.delete(event.pointerId)) return;
      if (this.#moving && fingers.size === 0) {
        this.#moving = false;
        this.fire("moveend", { originalEvent: event });
        this.triggerRepaint();
      } else if (event.type === "pointerup" && far < 4) this.fire("click", told(event));
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("pointerleave", () => this.fire("mouseout"));
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.move(zoomed(this.#camera, -event.deltaY / WHEEL, event.offsetX, event.offsetY), event);
      },
      { passive: false },
    );
    canvas.addEventListener("dblclick", (event) =>
      this.move(zoomed(this.#camera, 1, event.offsetX, event.offsetY), event),
    );
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (by) this.move(panned(this.#camera, (by[0] ?? 0) * ARROW, (by[1] ?? 0) * ARROW), event);
      else if (event.key === "+" || event.key === "=") this.zoomIn();
      else if (event.key === "-") this.zoomOut();
      else return;
      event.preventDefault();
    });
  }
}
