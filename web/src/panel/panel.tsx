/** The panel beside the map, from what is shown to what can be done with it. */

import type { DatasetSummary, Source } from "duotile";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Extent } from "../answers/fit";
import type { Area } from "../area/shape";
import { loaded } from "../load";
import { colours } from "../map/theme";
import { catalog, folded, origin, wanted } from "../page";
import { active, canRedo, canUndo, redo, state, undo } from "../state";
import { DrawingControls } from "./drawing";
import { facts, toldOf } from "./facts";
import { Filter } from "./filter";
import { GroundControls } from "./ground";
import { Icon } from "./icon";
import { KeysButton } from "./keys";
import { Layers } from "./layers";
import { Section } from "./section";

const narrow = window.matchMedia("(max-width: 700px)");

interface Props {
  /** The reader chose a dataset for the active layer. */
  choose: (dataset: string) => void;
  /** The reader wants to see all data, or what passes. */
  fit: (extent: Extent) => void;
  /** Where statistics of columns are from. */
  source: Source;
  /** What the map shows, as an area of a filter. */
  inView: () => Area;
  /** What is done elsewhere: on this device. */
  children: ComponentChildren;
}

export function Panel({ choose, fit, source, inView, children }: Props) {
  const [open, setOpen] = useState(!narrow.matches);
  const layer = active();
  const known = layer && loaded.value[layer.id];
  const dataset = catalog.value.find(({ id }) => id === layer?.dataset) ?? known?.dataset;
  const isNarrow = Boolean(layer?.filter || (state.value.window && dataset?.time_column));
  // What is wrong is shown, also to those who folded the panel.
  useEffect(() => {
    if (known?.problem) setOpen(true);
  }, [known?.problem]);
  // On a phone what stands at the foot stands above it.
  const sheet = useRef<HTMLElement>(null);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      document.documentElement.style.setProperty("--sheet", `${height}px`);
    });
    if (sheet.current) watch.observe(sheet.current);
    return () => watch.disconnect();
  }, []);
  // On a phone the sheet gives way to the map and to rows that were asked for.
  const away = folded.value;
  useEffect(() => {
    if (away > 0 && narrow.matches) setOpen(false);
  }, [away]);
  const asked = wanted.value;
  useEffect(() => {
    if (asked) setOpen(true);
  }, [asked]);
  return (
    <section id="panel" ref={sheet} aria-label="Dataset">
      <header>
        <Title dataset={dataset} choose={choose} />
        <button type="button" class="sign" disabled={!canUndo()} aria-label="Undo" title="Undo" onClick={undo}>
          <Icon name="undo" />
        </button>
        <button type="button" class="sign" disabled={!canRedo()} aria-label="Redo" title="Redo" onClick={redo}>
          <Icon name="redo" />
        </button>
        <button
          id="fold"
          class="sign"
          type="button"
          aria-controls="details"
          aria-expanded={open}
          title="Show or hide the panel"
          onClick={() => setOpen(!open)}
        >
          <Icon name="fold" />
          <span class="unseen">Details</span>
        </button>
      </header>
      <p id="facts">{dataset && facts(dataset, toldOf(known, isNarrow))}</p>
      <p id="about">{dataset && about(dataset, known?.dataset?.columns.length)}</p>
      {known?.dataset && (
        <p id="fit">
          <button type="button" class="link" onClick={() => fit("data")}>
            Show all data
          </button>
          {(layer?.filter || state.value.window) && known.counted !== 0 && (
            <button type="button" class="link" onClick={() => fit("passes")}>
              Show what passes
            </button>
          )}
        </p>
      )}
      <p id="origin" role="status" class={origin.value.kind}>
        {origin.value.text}
      </p>
      <div id="details" hidden={!open}>
        <Section id="draw" title="Drawing" open>
          <DrawingControls />
        </Section>
        <Filter source={source} inView={inView} />
        <Section id="stack" title="Layers" note={state.value.layers.length > 1 ? state.value.layers.length : ""}>
          <Layers />
        </Section>
        {children}
        <GroundControls shown={open} />
        <Section id="looks" title="Appearance">
          <label class="line">
            Colours of the page
            <select
              id="theme"
              value={colours.value}
              onChange={({ currentTarget }) => {
                colours.value = currentTarget.value;
              }}
            >
              <option value="system">as the system</option>
              <option value="light">light</option>
              <option value="dark">dark</option>
            </select>
          </label>
          <KeysButton />
        </Section>
      </div>
    </section>
  );
}

/** How much there is to a row, and from when rows are. */
function about({ archive, time_range: times }: DatasetSummary, columns: number | undefined): string {
  if (archive) return archive.layers.join(", ");
  const day = (time: string) => time.slice(0, 10);
  const [from, to] = times ?? [];
  const range = from && to ? (day(from) === day(to) ? day(from) : `${day(from)} to ${day(to)}`) : "";
  return [columns === undefined ? "" : `${columns} ${columns === 1 ? "column" : "columns"}`, range]
    .filter(Boolean)
    .join(" · ");
}

function Title({ dataset, choose }: { dataset: DatasetSummary | undefined; choose: Props["choose"] }) {
  const several = catalog.value.length > 1;
  useEffect(() => {
    document.title = dataset ? `${dataset.title} · Duotile` : "Duotile";
  }, [dataset?.title]);
  if (!several) return <h1 id="title">{dataset?.title ?? "Duotile"}</h1>;
  return (
    <>
      <h1 id="title" class="unseen">
        {dataset?.title}
      </h1>
      <select
        id="datasets"
        aria-label="Dataset"
        value={dataset?.id}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        {catalog.value.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </>
  );
}
