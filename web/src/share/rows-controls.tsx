/** The filtered rows as a file, with how many there are. */

import { type Dataset, Problem, type Source } from "duotile";
import { useState } from "preact/hooks";
import { number, sentence } from "../dom";
import type { Loaded } from "../load";
import { useEnd } from "./end";
import { type Format, fromDevice, fromServer } from "./rows";
import { fileName } from "./save";

interface Props {
  source: Source;
  dataset: Dataset;
  known: Loaded;
  online: boolean;
}

const FORMATS: readonly [Format, string, string][] = [
  ["csv", "CSV", "csv"],
  ["geojson", "GeoJSON", "geojson"],
  ["fgb", "FlatGeobuf", "fgb"],
  ["parquet", "GeoParquet", "parquet"],
  ["arrow", "Arrow stream", "arrow"],
];

export function RowsControls({ source, dataset, known, online }: Props) {
  const [said, say] = useState("");
  const [stop, setStop] = useState<AbortController>();
  useEnd(stop, `The rows of ${dataset.id}`);
  const { filter, datetime } = known.query;
  const query = { ...(filter ? { filter } : {}), ...(datetime ? { datetime } : {}) };
  const rows = known.counted;
  const open = online ? dataset.rows_open || dataset.subset_open : dataset.rows_open;
  const download = async (format: Format, extension: string) => {
    const name = fileName(dataset.id, extension);
    say("");
    try {
      if (online) {
        await fromServer(source, dataset.id, query, format, name);
        say(`${name} is being downloaded.`);
      } else if (format === "csv" || format === "geojson") {
        const stop = new AbortController();
        setStop(stop);
        const tell = (done: number, of: number) => say(`${number(done)} of ${number(of)} rows`);
        await fromDevice(source, dataset, query, format, name, tell, stop.signal);
        say(`${name} is saved.`);
      }
    } catch (error) {
      const text = error instanceof Problem ? error.line : error instanceof Error ? error.message : String(error);
      say(error instanceof DOMException && error.name === "AbortError" ? "Cancelled." : sentence(text));
    } finally {
      setStop(undefined);
    }
  };
  return (
    <>
      <h2>Rows</h2>
      {open ? (
        <>
          <p id="rows-count">
            {rows === undefined ? "Counting…" : `${number(rows)} ${rows === 1 ? "row" : "rows"}`}
            {filter || datetime ? " that pass the filter" : ""}
            {online ? "" : known.partial ? ", those on this device" : ", from this device"}
          </p>
          <div class="buttons">
            {FORMATS.map(([format, title, extension]) => {
              const written = online || format === "csv" || format === "geojson";
              const closed = !written || !(format === "arrow" ? dataset.subset_open : dataset.rows_open);
              return closed ? null : (
                <button
                  key={format}
                  type="button"
                  id={`rows-${format}`}
                  aria-label={`Download as ${title}`}
                  disabled={stop !== undefined || rows === 0}
                  onClick={() => download(format, extension)}
                >
                  {title}
                </button>
              );
            })}
            {stop && (
              <button type="button" onClick={() => stop.abort()}>
                Cancel
              </button>
            )}
          </div>
        </>
      ) : (
        <p id="rows-closed">The operator of this server does not give out the rows of this dataset.</p>
      )}
      <p id="rows-said" role="status">
        {said}
      </p>
    </>
  );
}
