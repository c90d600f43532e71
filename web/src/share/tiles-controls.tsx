/** The active layer as a PMTiles file: which tiles, about how large, and the file; or how the program makes it. */

import type { ArchiveEstimate, Dataset, ExportProgress } from "duotile";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Here } from "../device/opened";
import { bytes, number, rowsSaid, sentence } from "../dom";
import type { Loaded } from "../load";
import { files, rest } from "../page";
import { copyFrom } from "./copy";
import { useEnd } from "./end";
import { fileName, save } from "./save";
import type { Shown } from "./shown";
import { boxOf, commandOf, lastZoom, MOST, MOST_ROWS, type Wanted } from "./tiles";

interface Props extends Shown {
  dataset: Dataset;
  known: Loaded;
  online: boolean;
}

type Doing = { stop: AbortController; what: string; progress?: ExportProgress };

const DEEPEST = 22;

export function TilesControls({ map, source, dataset, known, online }: Props) {
  const [inView, setInView] = useState(false);
  const [first, setFirst] = useState(0);
  const [chosen, choose] = useState<number>();
  const [doing, setDoing] = useState<Doing>();
  const [about, setAbout] = useState<{ key: string; text: string }>();
  const [said, say] = useState("");
  // What is in view is where the map rests.
  void rest.value;
  const last = Math.max(first, chosen ?? lastZoom(known.tileJson?.points_minzoom, map.getZoom()));
  const bounds = inView ? boxOf(map) : undefined;
  const wanted: Wanted = { query: known.query, zooms: [first, last], ...(bounds ? { bounds } : {}) };
  const key = JSON.stringify([dataset.version, wanted]);
  const isFile = files.value.has(dataset.id);
  const rows = known.counted;
  const why = isFile || !online ? "" : notHere(dataset, rows);
  useEnd(doing?.stop, `The tiles of ${dataset.id}`);
  const run = async (what: string, work: (here: Here, doing: Doing) => Promise<string>) => {
    const doing = { stop: new AbortController(), what };
    setDoing(doing);
    say("");
    let here: Here | undefined;
    try {
      const { filter, datetime } = known.query;
      const some = { ...(filter ? { filter } : {}), ...(datetime ? { datetime } : {}) };
      here = await source.rowsHere(dataset.id, known.query, some, doing.stop.signal);
      say(await work(here, doing));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (doing.stop.signal.aborted) say("Cancelled. Nothing was saved.");
      else say(text === "Failed to fetch" ? "The server does not answer." : sentence(text));
    } finally {
      here?.free();
      setDoing(undefined);
    }
  };
  const estimate = async ({ tiler }: Here, { stop }: Doing) => {
    const estimate = await tiler.estimateExport({ ...wanted, signal: stop.signal });
    setAbout({ key, text: aboutOf(estimate) });
    return estimate;
  };
  // Who works with keys stays here: the button that was pressed is another now.
  const begun = useRef(false);
  useEffect(() => {
    if (doing !== undefined || begun.current) document.getElementById(doing ? "tiles-stop" : "tiles-make")?.focus();
    begun.current = doing !== undefined;
  }, [doing !== undefined]);
  const guess = () =>
    run("Looking at some tiles of each zoom", async (here, doing) => {
      await estimate(here, doing);
      return "";
    });
  const make = () =>
    run("Making tiles", async (here, doing) => {
      const { bytes: size, tiles } = await estimate(here, doing);
      if (size > MOST.bytes || tiles > MOST.tiles)
        return "That is more than this page makes: choose fewer zooms or what is in view, or let the program make it.";
      const { signal } = doing.stop;
      const onProgress = (progress: ExportProgress) => setDoing({ ...doing, progress });
      const { file, zooms } = await here.tiler.export({ ...wanted, signal, onProgress });
      const name = fileName(dataset.id, "pmtiles");
      save(file, name);
      const omitted = zooms.filter(({ omitted }) => omitted > 0).map(({ z }) => z);
      const left = omitted.length > 0 ? ` Rows are left out at zoom ${omitted.join(", ")}.` : "";
      const count = zooms.reduce((sum, { tiles }) => sum + tiles, 0);
      return `${name}: ${number(count)} tiles, ${bytes(file.size)}.${left}`;
    });
  return (
    <>
      <h2>Tiles as a file</h2>
      <p>A PMTiles archive of this layer as it is drawn, for any host of files.</p>
      <fieldset id="tiles-extent" disabled={doing !== undefined}>
        <label class="check">
          <input type="radio" name="tiles-extent" checked={!inView} onChange={() => setInView(false)} /> All of it
        </label>
        <label class="check">
          <input type="radio" id="tiles-view" name="tiles-extent" checked={inView} onChange={() => setInView(true)} />
          What is in view
        </label>
        <Zoom id="tiles-first" title="First zoom" value={first} set={setFirst} from={0} />
        <Zoom id="tiles-last" title="Last zoom" value={last} set={choose} from={first} />
      </fieldset>
      {why ? (
        <p id="tiles-not">{why}</p>
      ) : doing ? (
        <Progress {...doing} />
      ) : (
        <div class="buttons">
          <button type="button" id="tiles-make" disabled={rows === 0} onClick={make}>
            Save as PMTiles
          </button>
          <button type="button" id="tiles-guess" disabled={rows === 0} onClick={guess}>
            How large?
          </button>
          {!isFile && rows !== undefined && <span>It takes {rowsSaid(rows)} of the server.</span>}
        </div>
      )}
      {about?.key === key && <p id="tiles-size">{about.text}</p>}
      <p id="tiles-said" role="status">
        {said}
      </p>
      <Command text={commandOf(dataset, wanted, isFile)} name={isFile ? "" : dataset.id} open={why !== ""} />
    </>
  );
}

/** Why it is not made here of rows that a server has; nothing if it is. */
function notHere({ subset_open }: Dataset, rows: number | undefined): string {
  if (!subset_open) return "The server gives out no rows, so that its own program makes the file:";
  if (rows === undefined || rows <= MOST_ROWS) return "";
  return `${rowsSaid(rows)} are more than the ${number(MOST_ROWS)} that are fetched for it. Filter them, or let the program make the file:`;
}

function aboutOf({ tiles, bytes: size }: ArchiveEstimate): string {
  return `About ${bytes(size)} in ${number(tiles)} tiles: an estimate, from some tiles of each zoom.`;
}

function Progress({ what, progress, stop }: Doing) {
  return (
    <>
      <progress aria-label={what} {...(progress?.of ? { value: progress.done, max: progress.of } : {})} />
      <div class="buttons">
        <button type="button" id="tiles-stop" onClick={() => stop.abort()}>
          Cancel
        </button>
        <span>{progress ? `Zoom ${progress.z}, ${bytes(progress.bytes)}` : `${what}…`}</span>
      </div>
    </>
  );
}

interface ZoomProps {
  id: string;
  title: string;
  value: number;
  set: (value: number) => void;
  from: number;
}

function Zoom({ id, title, value, set, from }: ZoomProps) {
  return (
    <label class="line">
      {title}
      <select id={id} value={value} onChange={({ currentTarget }) => set(Number(currentTarget.value))}>
        {Array.from({ length: DEEPEST + 1 - from }, (_, at) => (
          <option key={at + from} value={at + from}>
            {at + from}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The command that makes the same, to copy. */
function Command({ text, name, open }: { text: string; name: string; open: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const [said, say] = useState("");
  useEffect(() => say(""), [text]);
  const copy = async () => {
    if (!input.current) return;
    say((await copyFrom(input.current)) ? "Copied" : "Press Ctrl+C (or ⌘C)");
  };
  return (
    <details class="part" open={open}>
      <summary>By the program</summary>
      <div class="address">
        <label for="tiles-command">
          Command <span>{name ? `with the file of ${name} in place of FILE` : "in the folder of the file"}</span>
        </label>
        <div class="field">
          <input
            id="tiles-command"
            ref={input}
            readOnly
            value={text}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button type="button" aria-label="Copy: Command" onClick={copy}>
            {said || "Copy"}
          </button>
        </div>
      </div>
    </details>
  );
}
