import type { Map } from "maplibre-gl";

declare global {
  interface Window {
    /** What the page shows to those who look at it from its console. */
    duotile?: { map: Map; settled: () => boolean };
  }
}
