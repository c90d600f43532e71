/** How fast the map is and why: the tiles of the last view, each and together. Does nothing while it is folded. */

import "./performance.css";
import { useEffect, useState } from "preact/hooks";
import { bytes, number } from "../dom";
import type { DataMap } from "../map/map";
import { Section } from "../panel/section";
import { count, FROM, type From, reports, type TileReport, type Totals, totals, watch } from "./traces";
import { changedIn, movedAt } from "./watch";

export function PerformanceSection({ map }: { map: DataMap["map"] }) {
  const [open, setOpen] = useState(false);
  return (
    <Section id="performance" title="Performance" onOpen={() => setOpen(true)} onFold={() => setOpen(false)}>
      {open ? <Body map={map} /> : <p />}
    </Section>
  );
}

const ms = (value: number | undefined) =>
  value === undefined ? "–" : `${value < 10 ? value.toFixed(1) : Math.round(value)}`;

function Body({ map }: { map: DataMap["map"] }) {
  useEffect(() => {
    watch(true);
    return () => {
      watch(false);
      map.showTileBoundaries = false;
    };
  }, [map]);
  void count.value;
  const all = reports();
  const sum = totals(all);
  return (
    <div id="performance-body">
      <Sums sum={sum} />
      <label class="line">
        Outlines of tiles on the map
        <input
          type="checkbox"
          id="tile-outlines"
          onChange={({ currentTarget }) => {
            map.showTileBoundaries = currentTarget.checked;
          }}
        />
      </label>
      <Tiles all={all} />
      <div class="copies">
        <Copy name="Copy as text" text={() => asText(all, sum)} />
        <Copy name="Copy as JSON" text={() => JSON.stringify({ ...sum, ...pace(), each: all }, undefined, 2)} />
      </div>
    </div>
  );
}

const pace = () => ({ picturesPerSecondMoving: movedAt.value, millisecondsOfLastChange: changedIn.value });

const ORIGINS: Readonly<Record<From, string>> = {
  server: "made by the server",
  "server cache": "kept by the server",
  "browser cache": "kept by this browser",
  device: "from this device",
};

function Sums({ sum }: { sum: Totals }) {
  const there = FROM.filter((name) => sum.from[name] > 0);
  const each = there.map((name) => `${sum.from[name]} ${ORIGINS[name]}`).join(", ");
  const where = there.length > 1 ? `: ${each}` : there[0] ? `, ${ORIGINS[there[0]]}` : "";
  const lines: [string, string, string?][] = [
    ["Tiles", `${sum.tiles}${where}`],
    ["Found in a cache", `${Math.round(sum.kept * 100)} %`],
    ["Each took, p50 and p95", `${ms(sum.p50)} and ${ms(sum.p95)} ms`],
    ["At the server, all", `${ms(sum.server)} ms`],
    ...sum.stages.map(({ name, ms: time }): [string, string, string] => [name, `${ms(time)} ms`, "stage"]),
    ["On the wire, all", `${ms(sum.wire)} ms`],
    ["Waiting in the page, all", `${ms(sum.page)} ms`],
    ["Over the wire", bytes(sum.transferred)],
    ["Decoded", bytes(sum.bytes)],
    ["Features", number(sum.features)],
    ["Rows that they stand for", number(sum.rows)],
    ["Rows left out", number(sum.omitted)],
    ["Frames a second, moving", movedAt.value === undefined ? "–" : movedAt.value.toFixed(1)],
    ["Last change until drawn", changedIn.value === undefined ? "–" : `${ms(changedIn.value)} ms`],
  ];
  return (
    <dl>
      {lines.map(([name, value, kind]) => (
        <div key={name} class={kind}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const COLUMNS = [
  ["tile", "Tile", "Zoom, column and row"],
  ["total", "ms", "Milliseconds from the request to the last byte"],
  ["server", "at server", "Milliseconds that the server says it took"],
  ["wire", "on wire", "Milliseconds on the wire, and waiting for a connection"],
  ["transferred", "bytes", "Bytes over the wire, headers included"],
  ["bytes", "decoded", "Bytes of the tile"],
  ["features", "features", "Features in the tile"],
  ["from", "from", "Where it comes from"],
] as const;
type Column = (typeof COLUMNS)[number][0];

/** So many are shown: a longer list helps nobody. */
const SHOWN = 50;

function Tiles({ all }: { all: readonly TileReport[] }) {
  const [by, setBy] = useState<Column>("total");
  const sorted = [...all].sort((a, b) => {
    const [one, other] = [a[by], b[by]];
    return typeof one === "string"
      ? one.localeCompare(String(other), "en", { numeric: true })
      : Number(other ?? -1) - Number(one ?? -1);
  });
  if (all.length === 0) return <p>Tiles are listed when the next ones arrive.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="table" aria-label="Tiles of the last view" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map(([column, name, title]) => (
              <th
                key={column}
                scope="col"
                aria-sort={
                  by === column ? (column === "tile" || column === "from" ? "ascending" : "descending") : "none"
                }
              >
                <button type="button" title={title} onClick={() => setBy(column)}>
                  {name}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, SHOWN).map((one, at) => (
            <tr key={`${at} ${one.tile}`} title={detail(one)} data-tile={one.tile} data-report={JSON.stringify(one)}>
              <th scope="row">{one.tile}</th>
              <td>{ms(one.total)}</td>
              <td>{ms(one.server)}</td>
              <td>{ms(one.wire)}</td>
              <td>{one.transferred === undefined ? "–" : bytes(one.transferred)}</td>
              <td>{bytes(one.bytes)}</td>
              <td>{one.features === undefined ? "–" : number(one.features)}</td>
              <td>{one.from}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > SHOWN && <p>{all.length - SHOWN} more are in the copies.</p>}
    </section>
  );
}

/** What took its time at the server, and what the tile stands for. */
function detail({ stages, wire, page, rows, omitted }: TileReport): string {
  const parts = stages.map(({ name, ms: time }) => `${name} ${ms(time)} ms`);
  const left = omitted ? `, ${number(omitted)} left out` : "";
  return [
    ...parts,
    `on the wire ${ms(wire)} ms`,
    `waiting in the page ${ms(page)} ms`,
    `${number(rows ?? 0)} rows${left}`,
  ].join("\n");
}

function asText(all: readonly TileReport[], sum: Totals): string {
  const head = [
    "tile",
    "total ms",
    "server ms",
    "wire ms",
    "page ms",
    "transferred",
    "bytes",
    "features",
    "rows",
    "omitted",
    "from",
  ];
  const cells = ({ tile, total, server, wire, page, transferred, bytes, features, rows, omitted, from }: TileReport) =>
    [
      tile,
      total.toFixed(1),
      server?.toFixed(1),
      wire?.toFixed(1),
      page?.toFixed(1),
      transferred,
      bytes,
      features,
      rows,
      omitted,
      from,
    ].map((value) => value ?? "");
  const about = `${sum.tiles} tiles, p50 ${ms(sum.p50)} ms, p95 ${ms(sum.p95)} ms, ${sum.transferred} bytes over the wire`;
  return [about, head.join("\t"), ...all.map((one) => cells(one).join("\t"))].join("\n");
}

function Copy({ name, text }: { name: string; text: () => string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid("Copied");
    } catch {
      setSaid("This browser does not let the page copy");
    }
    setTimeout(() => setSaid(""), 2000);
  };
  return (
    <button type="button" onClick={copy} aria-live="polite">
      {said || name}
    </button>
  );
}
