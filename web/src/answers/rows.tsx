/** The rows that were asked for, as a table at the foot of the map: pages, an order, a copy, a file; each row leads to its place. */

import "./answers.css";
import { type Dataset, Problem, type Source } from "duotile";
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatted, measured, number, sentence, withUnit } from "../dom";
import { loaded } from "../load";
import { files } from "../page";
import { Icon } from "../panel/icon";
import { copyText } from "../share/copy";
import { fromServer, isOutlined, linesOf } from "../share/rows";
import { fileName, save } from "../share/save";
import { state } from "../state";
import { boxOf } from "../tiles/geometry";
import { type Asked, anew, asked } from "./asked";
import { WHOLE } from "./end";
import { allOf, type Gathered, inOrder, tabbed } from "./gather";
import { goTo } from "./go";
import type { Order } from "./order";

const PAGE = 50;

interface Props {
  map: MapLibre;
  source: Source;
}

export function RowsTable({ map, source }: Props) {
  const now = asked.value;
  const dataset = Object.values(loaded.value).find(({ dataset }) => dataset?.id === now?.dataset)?.dataset;
  if (!now || !dataset) return null;
  return <Table key={JSON.stringify(now)} {...{ map, source, dataset, now }} />;
}

function Table({ map, source, dataset, now }: Props & { dataset: Dataset; now: Asked }) {
  const [order, setOrder] = useState<Order>();
  const [page, setPage] = useState(0);
  const [found, setFound] = useState<Gathered>();
  const [said, say] = useState("Looking…");
  const [wrong, setWrong] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  const stop = useRef(new AbortController());
  /** Does what takes a while, and tells how it went. */
  const run = async (work: (signal: AbortSignal) => Promise<string>) => {
    stop.current.abort();
    stop.current = new AbortController();
    const { signal } = stop.current;
    setWrong(false);
    say("Looking…");
    try {
      const text = await work(signal);
      if (!signal.aborted) say(text);
    } catch (error) {
      if (signal.aborted) return;
      setWrong(true);
      say(sentence(error instanceof Problem ? error.line : error instanceof Error ? error.message : String(error)));
    }
  };
  useEffect(() => {
    title.current?.focus();
    return () => stop.current.abort();
  }, []);
  const rows = found?.rows ?? [];
  const matched = found?.matched ?? 0;
  const pages = Math.ceil(Math.max(order ? rows.length : matched, 1) / PAGE);
  useEffect(() => {
    const end = (page + 1) * PAGE;
    if (found && (rows.length >= Math.min(end, matched) || order)) return;
    void run(async (signal) => {
      setFound(await allOf(source, now, signal, Math.min(end, WHOLE), rows));
      return "";
    });
  }, [page]);
  const sort = (column: string) => {
    // Texts begin with A, and numbers with the greatest.
    const isText = dataset.columns.find(({ name }) => name === column)?.type === "text";
    const down = order?.column === column ? !order.down : !isText;
    void run(async (signal) => {
      const next = await inOrder(source, dataset, now, { column, down }, found?.matched, signal);
      setFound(next);
      setOrder({ column, down });
      setPage(0);
      return next.rows.length < next.matched
        ? `The ${down ? "greatest" : "least"} ${number(next.rows.length)} by ${column}, of ${number(next.matched)}.`
        : "";
    });
  };
  const columns = dataset.columns.map(({ name }) => name);
  /** All rows if they are not too many; of more, those that are here. */
  const gathered = async (signal: AbortSignal) =>
    order || rows.length >= matched
      ? rows
      : matched > WHOLE
        ? rows
        : (await allOf(source, now, signal, WHOLE, rows)).rows;
  const copy = () =>
    run(async (signal) => {
      const all = await gathered(signal);
      const done = await copyText(tabbed(all, columns, isOutlined(dataset)));
      if (!done) throw new Error("this browser lets no page copy here: save the rows as CSV");
      return `${number(all.length)} ${all.length === 1 ? "row is" : "rows are"} copied${all.length < matched ? `, of ${number(matched)}` : ""}.`;
    });
  const download = () =>
    run(async (signal) => {
      const name = fileName(dataset.id, "csv");
      if (now.cell === undefined && now.h3 === undefined && source.reachable && !files.peek().has(dataset.id)) {
        const { box, query } = now;
        await fromServer(source, dataset.id, { ...query, ...(box ? { bbox: box } : {}) }, "csv", name);
        return `${name} is being downloaded.`;
      }
      if (matched > WHOLE)
        throw new Error(`a cell of ${number(matched)} rows is too large for that: ${number(WHOLE)} at most`);
      save(new Blob(linesOf(await gathered(signal), columns, isOutlined(dataset)), { type: "text/csv" }), name);
      return `${name} is saved.`;
    });
  /** How many rows are copied: of too many those that are here. */
  const taken = order || matched > WHOLE ? rows.length : matched;
  const shown = rows.slice(page * PAGE, (page + 1) * PAGE);
  const next = anew(now, state.value, dataset);
  const close = () => {
    asked.value = undefined;
    map.getCanvas().focus();
  };
  return (
    <section
      id="rows"
      aria-label="Rows"
      onKeyDown={({ key }) => {
        if (key === "Escape") close();
      }}
    >
      <header>
        <h2 ref={title} tabIndex={-1}>
          {now.title}
          {found && !now.title.startsWith(number(matched)) ? `: ${number(matched)}` : ""}
        </h2>
        <button
          type="button"
          class="sign"
          aria-label="Page before"
          disabled={page === 0}
          onClick={() => setPage(page - 1)}
        >
          <Icon name="left" />
        </button>
        <span id="rows-page">
          {number(page + 1)} of {number(pages)}
        </span>
        <button
          type="button"
          class="sign"
          aria-label="Next page"
          disabled={page + 1 >= pages || (!order && (page + 1) * PAGE >= WHOLE)}
          onClick={() => setPage(page + 1)}
        >
          <Icon name="right" />
        </button>
        <button
          type="button"
          id="rows-copy"
          disabled={matched === 0}
          title={taken < matched ? `Of ${number(matched)} rows; a CSV has all of them` : "Copies all rows"}
          onClick={copy}
        >
          {taken < matched ? `Copy ${number(taken)} rows` : "Copy"}
        </button>
        <button type="button" id="rows-save" disabled={matched === 0} onClick={download}>
          Save CSV
        </button>
        <button type="button" class="sign" aria-label="Close the rows" onClick={close}>
          <Icon name="cross" />
        </button>
        {next && (
          <p id="rows-old">
            These are rows of before.{" "}
            <button
              type="button"
              onClick={() => {
                asked.value = next;
              }}
            >
              Show those of now
            </button>
          </p>
        )}
        <p id="rows-told" role="status" class={wrong ? "wrong" : ""} hidden={said === ""}>
          {said}
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by keys, too */}
      <section class="scroll" aria-label="Table of rows" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">Place</span>
              </th>
              {dataset.columns.map(({ name, unit, description }) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={order?.column === name ? (order.down ? "descending" : "ascending") : undefined}
                >
                  <button
                    type="button"
                    title={description ? `${description} (click to sort)` : `Sort by ${name}`}
                    onClick={() => sort(name)}
                  >
                    {withUnit({ name, ...(unit ? { unit } : {}) })}
                    {order?.column === name ? (order.down ? " ↓" : " ↑") : ""}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ id, geometry, properties }, at) => {
              const box = boxOf(geometry);
              return (
                <tr key={id ?? at}>
                  <td>
                    {box && (
                      <button
                        type="button"
                        aria-label={`Go to row ${page * PAGE + at + 1}`}
                        onClick={() => goTo(map, [box[0] - NEAR, box[1] - NEAR, box[2] + NEAR, box[3] + NEAR], "row")}
                      >
                        {number(page * PAGE + at + 1)}
                      </button>
                    )}
                  </td>
                  {dataset.columns.map(({ name, role }) => {
                    const value = properties[name];
                    const exact = formatted(value, undefined);
                    // The unit stands at the head.
                    const text =
                      typeof value === "number" ? measured(value, { name, ...(role ? { role } : {}) }) : exact;
                    return (
                      <td
                        key={name}
                        class={typeof value === "number" ? "number" : ""}
                        title={text !== exact || text.length > 30 ? exact : undefined}
                      >
                        {text}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** How far around a row is seen when one goes there, in degrees: some streets. */
const NEAR = 0.0005;
