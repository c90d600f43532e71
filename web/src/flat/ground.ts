/** The ground beneath a flat map: land and borders of the tiles that the page brings. */

import { shippedTiles } from "../map/shipped";
import type { Theme } from "../map/theme";
import { decode, type Layer } from "../tiles/decode";
import { type Camera, TILE, worldOf } from "./camera";

/** Tiles of one zoom are enough: their outlines are drawn as large as they have to be. */
const ZOOM = 3;

export interface Ground {
  draw: (context: CanvasRenderingContext2D, camera: Camera, theme: Theme) => void;
}

/** Loads it; `changed` is called when it is there. */
export function makeGround(changed: () => void): Ground {
  let tiles: { x: number; y: number; layers: Layer[] }[] = [];
  shippedTiles().then(
    (all) => {
      tiles = [...all].flatMap(([address, bytes]) => {
        const [z, x = 0, y = 0] = address.split("/").map(Number);
        return z === ZOOM ? [{ x, y, layers: decode(bytes) }] : [];
      });
      changed();
    },
    // Data without a ground is still data.
    () => undefined,
  );
  return {
    draw(context, camera, theme) {
      context.fillStyle = theme.sea;
      context.fillRect(0, 0, camera.width, camera.height);
      const world = worldOf(camera);
      const side = world / 2 ** ZOOM;
      const middle = { x: (camera.lng + 180) / 360, y: yOf(camera) };
      for (const { x, y, layers } of tiles) {
        for (const copy of [-1, 0, 1]) {
          const left = camera.width / 2 + (x / 2 ** ZOOM + copy - middle.x) * world;
          const top = camera.height / 2 + (y / 2 ** ZOOM - middle.y) * world;
          if (left > camera.width || top > camera.height || left + side < 0 || top + side < 0) continue;
          context.save();
          context.beginPath();
          context.rect(left, top, Math.ceil(side), Math.ceil(side));
          context.clip();
          for (const layer of layers) drawLayer(context, layer, left, top, side, theme);
          context.restore();
        }
      }
    },
  };
}

const yOf = ({ lat }: Camera): number => {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
};

function drawLayer(
  context: CanvasRenderingContext2D,
  { name, extent, features }: Layer,
  left: number,
  top: number,
  side: number,
  theme: Theme,
): void {
  if (name === "countries") return;
  const scale = side / extent;
  context.beginPath();
  for (const { parts } of features) {
    for (const part of parts) {
      for (let i = 0; i < part.length; i += 2) {
        const [x, y] = [left + (part[i] ?? 0) * scale, top + (part[i + 1] ?? 0) * scale];
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
    }
  }
  if (name === "land") {
    context.fillStyle = theme.land;
    context.fill("evenodd");
  } else {
    context.strokeStyle = name === "coast" ? theme.coast : theme.border;
    context.lineWidth = side > 4 * TILE ? 1.2 : 0.7;
    context.stroke();
  }
}
