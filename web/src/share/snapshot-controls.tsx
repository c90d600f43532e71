/** The view as a page of its own, in one file. */

import { useEffect, useState } from "preact/hooks";
import { bytes, number, sentence } from "../dom";
import { ground } from "../page";
import { nameOf } from "./notes";
import { fileName, save } from "./save";
import type { Shown } from "./shown";
import { isNested } from "./snapshot/held";
import type { Progress, Snapshot } from "./snapshot/make";
import { type Depth, depthsOf } from "./snapshot/plan";

/** Most bytes of the tiles of a file: base64 makes a third more of them. */
const BUDGET = 25e6;
/** How long deeper zooms may take where nobody chose a depth, in milliseconds. */
const PATIENCE = 7000;
/** What was got so far is told so often, in milliseconds: each time the page is drawn again. */
const TOLD = 200;

export function SnapshotControls(shown: Shown) {
  const [progress, setProgress] = useState<Progress>();
  const [stop, setStop] = useState<AbortController>();
  const [made, setMade] = useState<Snapshot>();
  const [said, say] = useState("");
  const [chosen, choose] = useState<number>();
  const depths = useDepths(shown);
  const depth = depths.find(({ deeper }) => deeper === chosen);
  const last = (depth ?? depths.at(-1))?.last ?? 0;
  const make = async () => {
    const stop = new AbortController();
    setStop(stop);
    setMade(undefined);
    say("");
    try {
      const { makeSnapshot } = await import("./snapshot/make");
      let told = 0;
      const tell = (now: Progress) => {
        if (performance.now() - told < TOLD) return;
        told = performance.now();
        setProgress(now);
      };
      const patience = depth ? Number.POSITIVE_INFINITY : PATIENCE;
      setMade(await makeSnapshot(shown, last, BUDGET, patience, tell, stop.signal));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      say(
        stop.signal.aborted
          ? "Cancelled."
          : text === "Failed to fetch"
            ? "The server does not answer."
            : sentence(text),
      );
    } finally {
      setStop(undefined);
      setProgress(undefined);
    }
  };
  const deeper = made ? made.deepest - made.zoom : 0;
  return (
    <>
      <h2>A page in one file</h2>
      <p>
        This view with its tiles: opens from a disk, without a server or a network.
        {!["natural-earth", "none"].includes(ground.value.name) && " Its base map is the one that the page brings."}
      </p>
      {stop ? (
        <>
          <progress aria-label="Making the page" />
          <div class="buttons">
            <button type="button" onClick={() => stop.abort()}>
              Cancel
            </button>
            <span>
              {progress && `Zoom ${progress.zoom}: ${number(progress.tiles)} tiles, ${bytes(progress.bytes)}`}
            </span>
          </div>
        </>
      ) : (
        <>
          <label class="line">
            Depth
            <select
              id="snapshot-depth"
              value={depth?.deeper ?? "soon"}
              onChange={({ currentTarget: { value } }) => choose(value === "soon" ? undefined : Number(value))}
            >
              <option value="soon">what takes seconds</option>
              {depths.map(({ deeper, tiles }) => (
                <option key={deeper} value={deeper}>
                  {deeper === 0 ? "as the view" : `${deeper} ${deeper === 1 ? "zoom" : "zooms"} deeper`}:{" "}
                  {number(tiles)} tiles
                </option>
              ))}
            </select>
          </label>
          <p id="snapshot-size">
            {depth
              ? estimate(depth, shown.drawables().every(isNested))
              : `The view, and as many zooms below it as take up to ${PATIENCE / 1000} seconds and fit into ${bytes((BUDGET * 4) / 3)}.`}
          </p>
          <div class="buttons">
            <button type="button" id="snapshot" onClick={make}>
              {made ? "Make it anew" : "Make the page"}
            </button>
            {made && (
              <button
                type="button"
                id="snapshot-save"
                class="main"
                onClick={() => save(made.file, fileName(nameOf(), "html"))}
              >
                Save {bytes(made.file.size)}
              </button>
            )}
          </div>
        </>
      )}
      <p id="snapshot-said" role="status">
        {said ||
          (made &&
            `${number(made.tiles)} tiles, ${deeper > 0 ? `${deeper} ${deeper === 1 ? "zoom" : "zooms"} deeper than the view` : deeper === 0 ? "as deep as the view" : `${-deeper} less deep than the view: more did not fit`}.${made.late ? " Choose a depth for more, which takes longer." : ""}`)}
      </p>
    </>
  );
}

/** What a depth takes, by what the tiles of the view took; where tiles are nested, none in an empty one is asked for. */
function estimate({ bytes: size, seconds }: Depth, nested: boolean): string {
  const time =
    seconds < 1.5
      ? "a second"
      : seconds < 90
        ? `${number(Math.round(seconds))} seconds`
        : `${number(Math.round(seconds / 60))} minutes`;
  const most = size > (BUDGET * 4) / 3 ? `, of which ${bytes(BUDGET)} of tiles fit into a file` : "";
  return `At most about ${time} and ${bytes(size)}${most}.${nested ? " Empty places take nothing." : ""}`;
}

/** The depths of the view, which follow the map. */
function useDepths({ map, drawables }: Shown): ReturnType<typeof depthsOf> {
  const [depths, setDepths] = useState(() => depthsOf(map, drawables()));
  useEffect(() => {
    const look = () => setDepths(depthsOf(map, drawables()));
    map.on("idle", look);
    return () => void map.off("idle", look);
  }, [map]);
  return depths;
}
