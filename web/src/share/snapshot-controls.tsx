/** The view as a page of its own, in one file. */

import { useState } from "preact/hooks";
import { bytes, number, sentence } from "../dom";
import { ground } from "../page";
import { nameOf } from "./notes";
import { fileName, save } from "./save";
import type { Shown } from "./shown";
import type { Progress, Snapshot } from "./snapshot/make";

/** Most bytes of the tiles of a file: base64 makes a third more of them. */
const BUDGET = 25e6;

export function SnapshotControls(shown: Shown) {
  const [progress, setProgress] = useState<Progress>();
  const [stop, setStop] = useState<AbortController>();
  const [made, setMade] = useState<Snapshot>();
  const [said, say] = useState("");
  const make = async () => {
    const stop = new AbortController();
    setStop(stop);
    setMade(undefined);
    say("");
    try {
      const { makeSnapshot } = await import("./snapshot/make");
      setMade(await makeSnapshot(shown, BUDGET, setProgress, stop.signal));
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
      )}
      <p id="snapshot-said" role="status">
        {said ||
          (made &&
            `${number(made.tiles)} tiles, ${deeper > 0 ? `${deeper} ${deeper === 1 ? "zoom" : "zooms"} deeper than the view` : deeper === 0 ? "as deep as the view" : `${-deeper} less deep than the view: more did not fit`}.`)}
      </p>
    </>
  );
}
