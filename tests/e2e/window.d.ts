import type { Map } from "maplibre-gl";

declare global {
  interface Window {
    /** What the page shows to those who look at it from its console. */
    duotile?: {
      map: Map;
      settled: () => boolean;
      /** The map of the upper of two layers that are compared. */
      above: () => Map | undefined;
      frames: () => readonly (readonly [number, number])[];
      showFrame: (index: number) => Promise<void>;
      restore: () => void;
    };
    /** What the page of Kepler.gl shows, with the parts of its state that are read. */
    kepler?: {
      store: {
        dispatch: (action: { type: string; [key: string]: unknown }) => void;
        getState: () => { keplerGl: { map?: KeplerMap } };
      };
    };
    /** What the example of MapLibre shows. */
    map?: Map;
    /** What the example of deck.gl shows. */
    deck?: {
      pickObject: (at: { x: number; y: number }) => { object?: Feature } | null;
      props: { layers: unknown[] };
    };
  }
}

interface Feature {
  id?: number;
  properties: Record<string, unknown>;
}

interface KeplerMap {
  mapState: { longitude: number; latitude: number; zoom: number; width: number; height: number };
  visState: {
    animationConfig: { currentTime: number | null; domain: [number, number] | null; timeSteps: number[] | null };
    datasets: Record<
      string,
      {
        type: string;
        fields: {
          name: string;
          type: string;
          filterProps: { domain: [number, number] };
          indexBy?: { type: string; mappedValue: Record<string, string> };
        }[];
      }
    >;
    layers: {
      type: string;
      isValid: boolean;
      config: {
        colorField: { name: string } | null;
        colorScale: string;
        colorDomain: { z: number[]; quantiles: number[][] };
      };
      tileDataset: { getTiles: () => { index: { x: number; y: number; z: number }; content: unknown }[] };
    }[];
  };
}
