/** What is seen of the map: which part of the screen is free of what lies over it, and which part of the world is there. */

import type { Map as MapLibre } from "maplibre-gl";

/** West, south, east, north; east may lie beyond 180. */
export type Frame = [number, number, number, number];

/** What is seen of the world: what lies beneath the panel or what is at the foot is not. At most once round; its ends may lie beyond 180. */
export function seenOf(map: MapLibre): Frame {
  const bounds = map.getBounds();
  const all = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] as const;
  const screen = map.getCanvas().getBoundingClientRect();
  const { right: free, bottom: above } = covered();
  const [left, bottom] = [Math.max(free - screen.left, 0), Math.min(above - screen.top, screen.height)];
  const [wide, high] = [screen.width, Math.max(bottom, 1)];
  const corners = [
    [left, 0],
    [wide, 0],
    [wide, high],
    [left, high],
  ].map(([x = 0, y = 0]) => map.unproject([x, y]));
  const [lngs, lats] = [corners.map(({ lng }) => lng), corners.map(({ lat }) => lat)];
  const west = Math.max(Math.min(...lngs), all[0]);
  return [
    west,
    Math.max(Math.min(...lats), all[1], -90),
    Math.min(Math.max(...lngs), all[2], west + 360),
    Math.min(Math.max(...lats), all[3], 90),
  ];
}

/** What is seen of the world, as a box for a query: its west may lie east of its east, at the antimeridian. */
export function frameOf(map: MapLibre): Frame {
  const [west, south, east, north] = seenOf(map);
  const wrapped = (longitude: number) => ((((longitude + 180) % 360) + 360) % 360) - 180;
  const round = (degrees: number) => Math.round(degrees * 1e5) / 1e5;
  if (east - west >= 360) return [-180, round(south), 180, round(north)];
  return [round(wrapped(west)), round(south), round(wrapped(east)), round(north)];
}

/** The middle of what is seen beside the panel, from 0 to 1, from left to right: where what the map was framed on lies. */
export function middle(): number {
  const { left, right } = padding();
  return (left + window.innerWidth - right) / 2 / window.innerWidth;
}

/** How much of the map is free of what lies over it, in pixels: what it is framed on fits in there. */
export function room(): { width: number; height: number } {
  const { top, right, bottom, left } = padding();
  return { width: window.innerWidth - left - right, height: window.innerHeight - top - bottom };
}

/** Where the panel ends, if it covers a side, and where what is at the foot begins, in pixels of the page. */
function covered(): { right: number; bottom: number } {
  const { innerWidth: width, innerHeight: height } = window;
  const [panel, foot] = ["panel", "foot"].map((id) => document.getElementById(id)?.getBoundingClientRect());
  // On a phone the panel lies at the foot, and folds.
  if (width <= 700) return { right: 0, bottom: foot?.height ? foot.top : height - Math.min(panel?.height ?? 0, 120) };
  const right = panel && panel.height > height / 2 ? panel.right : 0;
  return { right, bottom: foot?.height ? foot.top : height };
}

/** Room for the panel, which lies beside the view where there is space for both. */
export function padding(): { top: number; bottom: number; left: number; right: number } {
  const { innerWidth: width, innerHeight: height } = window;
  const [wide, phone] = [width > 900, width <= 700];
  const high = (id: string) => document.getElementById(id)?.offsetHeight ?? 0;
  const foot = high("foot") + (phone ? Math.min(high("panel"), 120) : 0);
  const [top, bottom] = within([wide ? 20 : 90, foot + 40], height);
  const [left, right] = within([wide ? 340 : 16, 20], width);
  return { top, bottom, left, right };
}

/** As much room on two sides as leaves half of all at least: MapLibre frames nothing where none is left. */
function within([before, after]: [number, number], all: number): [number, number] {
  const share = Math.min(1, all / 2 / (before + after));
  return [before * share, after * share];
}
