/** The animation of time as a file. */

import { useState } from "preact/hooks";
import { bytes, number, sentence } from "../dom";
import { state } from "../state";
import { played, step } from "../time/animation";
import { frames } from "../time/frames";
import { type Film, MOST, makeFilm } from "./film/film";
import { type Kind, kinds } from "./film/writers";
import { nameOf } from "./notes";
import { fileName, save } from "./save";
import type { Shown } from "./shown";

const TITLES: Record<Kind, string> = { webm: "Video (WebM)", gif: "GIF" };
const WIDTHS = [480, 800, 1280];
const RATES = [2, 5, 10, 20];

export function FilmControls(shown: Shown) {
  const [kind, setKind] = useState<Kind>(kinds()[0] ?? "gif");
  const [rate, setRate] = useState(5);
  const [width, setWidth] = useState(800);
  const [progress, setProgress] = useState({ done: 0, of: 0, bytes: 0 });
  const [stop, setStop] = useState<AbortController>();
  const [said, say] = useState("");
  // They follow what is played, by which steps, and the window whose steps they are.
  void [played.value, step.value, state.value.window];
  const count = frames().length;
  const make = async () => {
    const stop = new AbortController();
    setStop(stop);
    setProgress({ done: 0, of: count, bytes: 0 });
    say("");
    try {
      const tell = (done: number, of: number, bytes: number) => setProgress({ done, of, bytes });
      const film: Film = await makeFilm(shown, { kind, rate, width }, tell, stop.signal);
      const name = fileName(nameOf(), kind);
      save(film.file, name);
      say(`${name}: ${number(film.frames)} frames of ${film.width} × ${film.height} pixels, ${bytes(film.file.size)}.`);
    } catch (error) {
      say(stop.signal.aborted ? "Cancelled." : sentence(error instanceof Error ? error.message : String(error)));
    } finally {
      setStop(undefined);
    }
  };
  return (
    <>
      <h2>Animation</h2>
      {count === 0 && !stop ? (
        <p id="film-none">
          Where the data has times, choose a window of time beneath the map: its steps are the frames.
        </p>
      ) : stop ? (
        <>
          <progress aria-label="Taking the frames" value={progress.done} max={progress.of} />
          <div class="buttons">
            <button type="button" onClick={() => stop.abort()}>
              Cancel
            </button>
            <span>
              Frame {number(progress.done)} of {number(progress.of)}, {bytes(progress.bytes)}
            </span>
          </div>
        </>
      ) : (
        <>
          <Choice id="film-kind" title="As" value={kind} set={setKind} all={kinds()} say={(each) => TITLES[each]} />
          <Choice
            id="film-width"
            title="Width"
            value={width}
            set={setWidth}
            all={WIDTHS}
            say={(each) => `${each} pixels`}
          />
          <Choice id="film-rate" title="Frames a second" value={rate} set={setRate} all={RATES} say={String} />
          <p id="film-size">
            {number(count)} frames, {number(Math.round((count / rate) * 10) / 10)} seconds.
            {count > MOST && ` More than ${MOST} do not go into one file: make the window of time longer.`}
          </p>
          <div class="buttons">
            <button type="button" id="film" disabled={count > MOST} onClick={make}>
              Save the animation
            </button>
          </div>
        </>
      )}
      <p id="film-said" role="status">
        {said}
      </p>
    </>
  );
}

interface ChoiceProps<T> {
  id: string;
  title: string;
  value: T;
  set: (value: T) => void;
  all: readonly T[];
  say: (value: T) => string;
}

function Choice<T extends string | number>({ id, title, value, set, all, say }: ChoiceProps<T>) {
  return (
    <label class="line">
      {title}
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = all[currentTarget.selectedIndex];
          if (chosen !== undefined) set(chosen);
        }}
      >
        {all.map((each) => (
          <option key={each} value={each}>
            {say(each)}
          </option>
        ))}
      </select>
    </label>
  );
}
