/**
 * Kepler.gl with the dataset of the address already on its map. Its store is `window.kepler.store`, for those who want to
 * drive it.
 */

import { addDataToMap, toggleMapControl } from "@kepler.gl/actions";
import KeplerGl from "@kepler.gl/components";
import { ALL_FIELD_TYPES, DatasetType } from "@kepler.gl/constants";
import { LayerClasses } from "@kepler.gl/layers";
import keplerGlReducer, { enhanceReduxMiddleware } from "@kepler.gl/reducers";
import { initApplicationConfig } from "@kepler.gl/utils";
import { useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import { applyMiddleware, combineReducers, legacy_createStore } from "redux";
import "maplibre-gl/dist/maplibre-gl.css";
import "./style.css";
import { GROUNDS } from "./ground.ts";
import { TimedTileLayer } from "./layer.ts";
import { source } from "./source.ts";
import { measuresOf, Table } from "./table.ts";
import { view } from "./view.ts";

initApplicationConfig({
  cdnUrl: new URL("kepler/static", document.baseURI).href,
  table: Table,
  showReleaseBanner: false,
  rasterServerShowServerInput: true,
});

const store = legacy_createStore(
  combineReducers({
    keplerGl: keplerGlReducer.initialState({
      uiState: { currentModal: null, locale: "en" },
      visState: { layerClasses: { ...LayerClasses, vectorTile: TimedTileLayer } },
    }),
  }),
  applyMiddleware(...enhanceReduxMiddleware([])),
);
declare global {
  interface Window {
    kepler?: { store: typeof store };
  }
}
window.kepler = { store };

const size = { value: "" };
function useSize() {
  useSyncExternalStore(
    (changed) => {
      addEventListener("resize", changed);
      return () => removeEventListener("resize", changed);
    },
    () => {
      size.value = `${innerWidth} ${innerHeight}`;
      return size.value;
    },
  );
  return { width: innerWidth, height: innerHeight };
}

function Page() {
  return (
    <KeplerGl
      id="map"
      appName="Kepler.gl"
      mapboxApiAccessToken=""
      mapStyles={GROUNDS}
      mapStylesReplaceDefault={true}
      {...useSize()}
    />
  );
}

/** What of a saved map is needed; the rest of its type is what Kepler.gl writes. */
type SavedConfig = NonNullable<Parameters<typeof addDataToMap>[0]["config"]>;

const root = document.getElementById("root");
const message = document.getElementById("message");
if (!root || !message) throw new Error("the page has no #root and #message");
createRoot(root).render(
  <Provider store={store}>
    <Page />
  </Provider>,
);

source(new URL(location.href)).then(
  (tileset) => {
    measuresOf.set(tileset.metadataUrl, tileset.metadata.measures);
    const style = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    store.dispatch(
      addDataToMap({
        datasets: {
          info: { id: tileset.id, label: tileset.title, type: DatasetType.VECTOR_TILE, format: "rows" },
          data: { fields: [], rows: [] },
          metadata: {
            type: "remote",
            remoteTileFormat: "mvt",
            tilesetDataUrl: tileset.tiles,
            tilesetMetadataUrl: tileset.metadataUrl,
          },
          supportedFilterTypes: [ALL_FIELD_TYPES.real, ALL_FIELD_TYPES.integer, ALL_FIELD_TYPES.boolean],
          disableDataOperation: true,
        },
        options: { centerMap: false, autoCreateLayers: false, readOnly: false },
        config: view(tileset, style, innerWidth, innerHeight) as unknown as SavedConfig,
      }),
    );
    store.dispatch(toggleMapControl("mapLegend", 0));
    document.title = `${tileset.title} in Kepler.gl`;
    message.hidden = true;
  },
  (error: unknown) => {
    message.textContent = error instanceof Error ? error.message : String(error);
    message.className = "error";
  },
);
