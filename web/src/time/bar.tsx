/** The bar of time at the foot of the map, there when a layer that is shown has times. */

import "./time.css";
import type { Source } from "duotile";
import { useState } from "preact/hooks";
import { catalog, huddled, tell } from "../page";
import { Icon } from "../panel/icon";
import { state } from "../state";
import {
  frame,
  loop,
  pace,
  playing,
  preparing,
  range,
  SPEEDS,
  span,
  speed,
  step,
  subject,
  timed,
  timesOf,
} from "./animation";
import { Brush, choose } from "./brush";
import {
  around,
  DAY,
  firstWindow,
  fitting,
  longerThan,
  monthsOf,
  moved,
  PRESETS,
  type Preset,
  presetOf,
  type Step,
  saidClock,
  saidWindow,
  shorter,
  type Window,
  within,
} from "./calendar";
import { boxed, unboxed } from "./exact";
import type { Player } from "./player";
import { busiest, passing, show, zoomBy } from "./span";

interface Props {
  player: Player;
  source: Source;
  /** Shows what passes as large as it can be. */
  fit: () => void;
}

export function TimeBar({ player, source, fit }: Props) {
  const [more, setMore] = useState(false);
  const whole = range.value;
  const all = span.value;
  const layer = subject.value;
  const chosen = frame.value?.window ?? state.value.window;
  if (!all || !whole || !layer || !(all[1] > all[0])) return chosen && isAsked() ? <Alone window={chosen} /> : null;
  const window = chosen ?? firstWindow(all);
  const go = (by: number) => choose(chosen ? moved(window, by / (monthsOf(window) > 0 ? 1 : step.value)) : window);
  return (
    <section id="time" class={playing.value ? "playing" : ""} aria-label="Time">
      <div class="row">
        <button type="button" class="sign" aria-label="One step back" title="One step back" onClick={() => go(-1)}>
          <Icon name="before" />
        </button>
        <button
          id="play"
          type="button"
          class="sign main"
          aria-label={playing.value ? "Pause" : "Play"}
          title={playing.value ? "Pause (Space)" : "Play (Space)"}
          onClick={() => (playing.value ? player.pause() : player.play())}
        >
          <Icon name={playing.value ? "pause" : "play"} />
        </button>
        <button type="button" class="sign" aria-label="One step on" title="One step on" onClick={() => go(1)}>
          <Icon name="after" />
        </button>
        <output id="time-now" aria-live="off">
          {!chosen && <span class="all">All times: </span>}
          {chosen ? saidWindow(chosen) : saidRange(whole)} <small>{saidClock()}</small>
        </output>
        {chosen && huddled.value && (
          <button type="button" id="time-fit" onClick={fit}>
            Show what passes
          </button>
        )}
        <Pace />
        <Presets source={source} all={all} chosen={chosen} />
        <Part source={source} chosen={chosen} />
        <select
          id="time-speed"
          aria-label="Speed"
          value={speed.value}
          onChange={({ currentTarget }) => {
            speed.value = Number(currentTarget.value);
          }}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed} / s
            </option>
          ))}
        </select>
        <button
          type="button"
          id="time-more"
          class="sign"
          aria-expanded={more}
          aria-controls="time-exact"
          aria-label="More about time"
          title="Exact times, steps, loop"
          onClick={() => setMore(!more)}
        >
          <Icon name="more" />
        </button>
      </div>
      <Brush />
      <div id="time-exact" hidden={!more}>
        <Exact window={chosen} />
        <label class="line">
          Step
          <select
            id="time-step"
            disabled={monthsOf(window) > 0}
            value={monthsOf(window) > 0 ? 1 : step.value}
            onChange={({ currentTarget }) => {
              step.value = Number(currentTarget.value) as Step;
            }}
          >
            <option value={1}>the whole window</option>
            <option value={2}>half of it</option>
            <option value={4}>a quarter of it</option>
            <option value={8}>an eighth of it</option>
          </select>
        </label>
        <label class="line">
          <input
            id="time-loop"
            type="checkbox"
            checked={loop.value}
            onChange={({ currentTarget }) => {
              loop.value = currentTarget.checked;
            }}
          />
          Begin again at the end
        </label>
        <p>{about()}</p>
      </div>
    </section>
  );
}

/** Whether rows of a layer that is shown are those of the window alone. */
const isAsked = () =>
  state.value.layers.some(
    ({ visible, dataset }) => visible && catalog.value.find(({ id }) => id === dataset)?.time_column,
  );

/** The window over times that are one moment: nothing can be drawn or played, and rows may be missing all the same. */
function Alone({ window }: { window: Window }) {
  return (
    <section id="time" aria-label="Time">
      <div class="row">
        <output id="time-now">
          {saidWindow(window)} <small>{saidClock()}</small>
        </output>
        <button type="button" onClick={() => choose(undefined)}>
          All times
        </button>
      </div>
    </section>
  );
}

/** Whose times they are. */
function about(): string {
  const layer = subject.value;
  const title = catalog.value.find(({ id }) => id === layer?.dataset)?.title ?? layer?.dataset ?? "";
  const column = layer && timesOf(layer)?.column;
  const others = timed.value.length - 1;
  return `Times of ${column} in ${title}${others > 0 ? `; ${others} more ${others > 1 ? "layers follow" : "layer follows"}` : ""}.`;
}

const day = PRESETS.find(({ about }) => about === DAY);

/** All times, as days where there are some. */
function saidRange([from, to]: Window): string {
  if (to - from < 2 * DAY) return saidWindow([from, to + 1]);
  return day ? saidWindow([around(from, day)[0], around(to, day)[1]]) : "";
}

function Pace() {
  if (preparing.value) return <span id="time-pace">preparing…</span>;
  if (!playing.value) return null;
  const { rate, waiting } = pace.value;
  const slow = waiting && rate < speed.value * 0.9;
  return (
    <span id="time-pace" data-rate={rate}>
      {rate < 9.95 ? rate.toFixed(1) : Math.round(rate)} frames/s{slow ? ", waiting for tiles" : ""}
    </span>
  );
}

function Presets({ source, all, chosen }: { source: Source; all: Window; chosen: Window | undefined }) {
  const listed = within(all);
  const preset = chosen && presetOf(chosen);
  const known = preset && listed.includes(preset);
  const pick = async (found: Preset) => {
    const inside = chosen && chosen[0] >= all[0] && chosen[0] < all[1];
    const short = !fitting(all).includes(found);
    // A short window of a long time is where most rows are, and the bar shows what is around it, which can be played.
    const fullest = inside || !short ? undefined : await busiest(source, found);
    const window = fullest ?? around(inside ? chosen[0] : all[0], found);
    const longer = short ? longerThan(found) : undefined;
    if (longer) show(around(window[0], longer));
    choose(window);
  };
  return (
    <select
      id="time-preset"
      aria-label="Length of the window"
      value={chosen ? (known ? preset.name : "other") : "all"}
      onChange={({ currentTarget: { value } }) => {
        const found = listed.find(({ name }) => name === value);
        if (found) pick(found).catch(tell);
        else if (value === "all") choose(undefined);
      }}
    >
      <option value="all">all times</option>
      {listed.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
      {chosen && !known && <option value="other">other</option>}
    </select>
  );
}

/** What the bar shows, and plays. */
function Part({ source, chosen }: { source: Source; chosen: Window | undefined }) {
  const [whole, part] = [range.value, span.value];
  if (!whole || !part) return null;
  const fit = shorter(whole);
  const zoomed = part !== whole;
  const preset = zoomed ? presetOf(part) : undefined;
  const known = fit.find((one) => one === preset);
  const pick = async (value: string) => {
    if (value === "all") show(undefined);
    else if (value === "window") show(chosen);
    else if (value === "passes") {
      const found = await passing(source);
      if (found) show(found);
      else tell(new Error("No row with a time passes the filter."));
    } else {
      const found = fit.find(({ name }) => name === value);
      if (!found) return;
      const fullest = chosen ? undefined : await busiest(source, found);
      show(fullest ?? around(chosen ? (chosen[0] + chosen[1]) / 2 : part[0], found));
    }
  };
  return (
    <span class="part">
      <button type="button" class="sign" aria-label="Show less time" title="Show less time" onClick={() => zoomBy(0.5)}>
        <Icon name="plus" />
      </button>
      <select
        id="time-span"
        aria-label="What the bar shows and plays"
        title="What the bar shows and plays: about the window, else where most rows are. Wheel, two fingers or Shift and a drag do it, too."
        value={zoomed ? (known?.name ?? "other") : "all"}
        onChange={({ currentTarget }) => {
          const { value } = currentTarget;
          currentTarget.value = zoomed ? (known?.name ?? "other") : "all";
          pick(value).catch(tell);
        }}
      >
        <option value="all">bar: all times</option>
        <option value="passes">bar: what passes</option>
        {chosen && <option value="window">bar: the window</option>}
        {fit.map(({ name }) => (
          <option key={name} value={name}>
            bar: {name}
          </option>
        ))}
        {zoomed && !known && <option value="other">bar: a part</option>}
      </select>
      <button
        type="button"
        class="sign"
        aria-label="Show more time"
        title="Show more time"
        disabled={!zoomed}
        onClick={() => zoomBy(2)}
      >
        <Icon name="minus" />
      </button>
    </span>
  );
}

function Exact({ window }: { window: Window | undefined }) {
  const [wrong, setWrong] = useState("");
  const onChange = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const boxes = currentTarget.closest("fieldset")?.querySelectorAll("input") ?? [];
    const next = unboxed(
      [...boxes].map(({ value }) => value),
      window,
    );
    if (!next) return;
    setWrong(next[0] < next[1] ? "" : "The end must be after the start.");
    if (next[0] < next[1]) choose(next);
  };
  return (
    <fieldset>
      <legend class="unseen">Exact times by the clock of {saidClock()}</legend>
      <label class="line">
        From ({saidClock()})
        <input id="time-from" type="datetime-local" step={1} value={boxed(window?.[0])} onChange={onChange} />
      </label>
      <label class="line">
        until before ({saidClock()})
        <input id="time-to" type="datetime-local" step={1} value={boxed(window?.[1])} onChange={onChange} />
      </label>
      <p class="wrong" role="alert" hidden={wrong === ""}>
        {wrong}
      </p>
    </fieldset>
  );
}

/** Space plays and stands still, where nothing else takes it. */
export function playOnSpace(player: Player): void {
  window.addEventListener("keydown", (event) => {
    const { target, code } = event;
    const free = target === document.body || (target instanceof HTMLElement && target.matches("canvas, #map"));
    if (code !== "Space" || !free || event.ctrlKey || event.metaKey || event.altKey || !subject.peek()) return;
    event.preventDefault();
    if (playing.peek()) player.pause();
    else player.play();
  });
}
