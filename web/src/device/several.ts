/** Several files of this device: what is told of those that cannot be opened, and what those of one name are called. */

import { bytes, sentence } from "../dom";
import { status } from "../page";

/** What is read here, and what is not. */
export const READ = "CSV, GeoJSON, Arrow and PMTiles are read here; Parquet by a server";

/** So much is told at most of what was not taken from a file as it stands there. */
const MOST = 3;

/** Opens a file and shows it; resolves with what of it was not taken as it stands there. */
export type Open = (file: File) => Promise<readonly string[]>;

/** Opens files at once, and tells of each that could not be, or in part: what is told of one is not wiped by another. */
export async function showAll(all: readonly File[], open: Open): Promise<void> {
  if (all.length === 0) return;
  status.value = `Opening ${all.map(({ name }) => name).join(", ")}…`;
  const show = async (file: File): Promise<{ fault?: string; notes?: string[] }> => {
    try {
      const notes = await open(file);
      const more = notes.length > MOST ? [`${notes.length - MOST} more things are of note`] : [];
      return { notes: [...notes.slice(0, MOST), ...more].map((note) => `${told(file, all)}: ${sentence(note)}`) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { fault: `${told(file, all)} could not be opened: ${sentence(ofPage(why))}` };
    }
  };
  const shown = await Promise.all(all.map(show));
  const faults = shown.flatMap(({ fault }) => fault ?? []);
  const notes = shown.flatMap(({ notes = [] }) => notes);
  status.value = [...faults, ...(faults.length > 0 ? [`${READ}.`] : []), ...notes].join(" ");
}

/** A file's name, and which of those of one name it is. */
function told(file: File, all: readonly File[]): string {
  const alike = all.filter(({ name }) => name === file.name);
  return alike.length === 1
    ? file.name
    : `${file.name} (${alike.indexOf(file) + 1} of ${alike.length} of this name, ${bytes(file.size)})`;
}

/** What the package says to who calls it, in words for who has a file: columns are named, and no options. */
const ofPage = (why: string): string =>
  why.replace(
    /name them as \{ lon, lat \}, or a column of cells of H3 as \{ h3 \}/,
    "they are known by names such as lon and lat, and a column of cells of H3 by h3",
  );

/** A file's name without its endings. */
export const stemOf = (name: string): string =>
  name.replace(/(\.(csv|tsv|txt|json|geojson|geojsonl|ndjson|arrow|arrows|feather|ipc|pmtiles|gz))+$/i, "") || "file";
