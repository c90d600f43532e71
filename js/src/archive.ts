/** What is said of an archive of tiles, before and after it is made. */

import type { TileQuery } from "./query.js";
import type { Bounds } from "./types.js";

/** What is to be in an archive. */
export interface ExportOptions {
  query?: TileQuery | string;
  /** The first zoom and the last; 0 to 14 unless said. */
  zooms?: readonly [number, number];
  /** Only tiles that meet this box, from west to east also over the antimeridian. What is in them is whole. */
  bounds?: Bounds;
  /** Bytes that a tile may have, gzipped; 500,000 unless said. Where one has more, all of its zoom shows fewer rows or larger cells. */
  tileSize?: number;
  /** Bytes that all tiles may have, gzipped; 256 MB unless said. Beyond them it fails, as it does beyond 500,000 tiles. */
  maxBytes?: number;
  signal?: AbortSignal;
  onProgress?: (progress: ExportProgress) => void;
}

/** How far an archive is. */
export interface ExportProgress {
  /** The zoom that is being made. */
  z: number;
  /** Tiles of it that were made, of those that are alike one, and how many there are, as far as that is known. */
  done: number;
  of: number;
  /** Bytes until here. */
  bytes: number;
}

/** An archive. */
export interface Archive {
  /** The file. */
  file: Blob;
  zooms: ArchiveZoom[];
}

/** About how large an archive would be: of each zoom some tiles were made. */
export interface ArchiveEstimate {
  tiles: number;
  bytes: number;
  zooms: { z: number; tiles: number; bytes: number }[];
}

/** What an archive has of a zoom. */
export interface ArchiveZoom {
  z: number;
  /** Tiles that are not empty. */
  tiles: number;
  features: number;
  /** Rows that are features or counted in one, and rows that are not. */
  rows: number;
  omitted: number;
  /** Bytes of all its tiles, gzipped, and of the largest. */
  bytes: number;
  largest: number;
  /** Tiles beyond `tileSize`, of which nothing less can be shown. */
  beyond: number;
  /** Whether some features are cells. */
  cells: boolean;
  /** Whether less is shown than the query says, because of `tileSize`. */
  reduced: boolean;
}
