/**
 * How small the map of a phone may be. A world as high as the screen is twice as wide, or more: what lies in Europe and in Oceania
 * was never seen at once. Beyond the world lie what is at the foot, and what is above it.
 */

import { LngLat } from "maplibre-gl";
import { toLat, toY } from "../tiles/place";

/** How much may lie beyond the world, above it and below, in parts of the screen's height. */
const BEYOND = 1 / 8;
/** The world at zoom 0, in pixels, and the greatest zoom. */
const [WORLD, CLOSEST] = [512, 22];

/** The place and zoom nearest to those that are wished for. */
export function nearest({ lng, lat }: LngLat, wished: number): { center: LngLat; zoom: number } {
  const high = window.innerHeight;
  const least = Math.max(Math.log2((high * (1 - 2 * BEYOND)) / WORLD), 0);
  const zoom = Math.min(Math.max(wished, least), CLOSEST);
  // How far the middle is from an edge of the world at least, in parts of it.
  const edge = ((0.5 - BEYOND) * high) / (WORLD * 2 ** zoom);
  const y = toY(lat);
  const within = y < edge ? toLat(edge) : y > 1 - edge ? toLat(1 - edge) : lat;
  return { center: new LngLat(lng, within), zoom };
}
