/** Everything that the package offers. */

export type { Archive, ArchiveEstimate, ArchiveZoom, ExportOptions, ExportProgress } from "./archive.js";
export type { Arrays, OutlineArrays } from "./arrays.js";
export { TilerWorker, type WorkerOptions } from "./client.js";
export type { About, Column, Columns, Positions, Values } from "./columns.js";
export type { Tile } from "./etag.js";
export { type Files, inDirectory, inMemory, openFiles, type Sink } from "./files.js";
export type { CellArrays } from "./hexagons.js";
export type { Cell, NumberArray, Plain } from "./infer.js";
export type { GeoJson, Input, InputOptions } from "./input.js";
export { Legend, type LegendClass, type LegendExpression, type LegendOptions } from "./legend.js";
export { Offline, takeOffline } from "./offline.js";
export type { Outlines } from "./outlines.js";
export { Crash, Problem, Unreachable } from "./problem.js";
export { addProtocol, type MapLibre, Protocol, type ProtocolRequest, type TileSource } from "./protocol.js";
export { type TileQuery, toQueryString } from "./query.js";
export { toColumns } from "./read.js";
export { type Again, type OpenOptions, RemoteTiler } from "./remote.js";
export type { Roles } from "./roles.js";
export { Server } from "./server.js";
export type { SubsetTiler } from "./shelf.js";
export {
  type Answer,
  type Origin,
  Source,
  type SourceOptions,
} from "./source.js";
export {
  type Room,
  Store,
  type Stored,
  StoreError,
  type Subset,
  type SubsetRequest,
  type Taking,
} from "./store.js";
export type { Estimate, TakeProgress, TakeRequest, Watched } from "./take.js";
export type { Description } from "./tilejson.js";
export { type Progress, Tiler, type TilerOptions } from "./tiler.js";
export type { TileTrace } from "./trace.js";
export type * from "./types.js";
export type { WasmSource } from "./wasm.js";
