/** The panel: which dataset, how much of it, which rows of it, and where a filter is wrong. */

import type { ColumnInfo, Dataset, DatasetSummary, Problem } from "duotile";
import { byId, element, number, sentence } from "./dom";

/** What the panel asks for. */
export interface Wishes {
  dataset: (id: string) => void;
  filter: (text: string) => void;
}

const narrow = window.matchMedia("(max-width: 700px)");

/** Takes hold of the panel that the page has. */
export function makePanel(wishes: Wishes) {
  const select = byId("datasets", HTMLSelectElement);
  const input = byId("filter-text", HTMLInputElement);
  const complaint = byId("filter-error", HTMLParagraphElement);
  const fold = byId("fold", HTMLButtonElement);
  const status = byId("status", HTMLParagraphElement);

  const open = (is: boolean) => {
    byId("details", HTMLDivElement).hidden = !is;
    fold.setAttribute("aria-expanded", String(is));
  };
  open(!narrow.matches);
  fold.addEventListener("click", () => open(fold.getAttribute("aria-expanded") !== "true"));
  select.addEventListener("change", () => wishes.dataset(select.value));
  byId("filter", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    wishes.filter(input.value.trim());
  });
  input.addEventListener("input", () => {
    complaint.hidden = true;
    input.removeAttribute("aria-invalid");
    // An emptied box has nothing left to apply.
    if (input.value.trim() === "") wishes.filter("");
  });

  return {
    /** Lists the datasets; one alone needs no list. */
    list(datasets: DatasetSummary[], chosen: DatasetSummary) {
      select.replaceChildren(...datasets.map(({ id, title }) => new Option(title, id, false, id === chosen.id)));
      select.hidden = datasets.length < 2;
      byId("title", HTMLHeadingElement).hidden = datasets.length > 1;
      byId("title", HTMLHeadingElement).textContent = chosen.title;
      document.title = `${chosen.title} · Duotile`;
    },

    /** The columns of the dataset, each of which goes into the filter when it is clicked. */
    describe({ columns }: Dataset) {
      const details = byId("columns", HTMLDetailsElement);
      const items = columns.map((column) => {
        const button = element("button", "", element("b", "", column.name), ` ${column.type}`);
        button.type = "button";
        button.title = about(column);
        button.addEventListener("click", () => {
          input.setRangeText(quoted(column.name), input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
          input.focus();
        });
        return element("li", "", button);
      });
      details.querySelector("summary")?.replaceChildren(`${columns.length} columns`);
      details.querySelector("ul")?.replaceChildren(...items);
      input.placeholder = example(columns);
    },

    /** How many rows there are, and how many of them pass; of those that are at hand if that is a part. */
    facts({ rows, rows_without_position: lost }: DatasetSummary, passed: number | undefined, partial = false) {
      const some = passed !== undefined && (partial || passed !== rows);
      const of = partial ? "rows on this device" : `of ${number(rows)} rows`;
      const text = some ? `${number(passed)} ${of}` : `${number(rows)} rows`;
      const left = lost > 0 ? ` · ${number(lost)} without a position are not shown` : "";
      byId("facts", HTMLParagraphElement).textContent = text + left;
    },

    filter(text: string) {
      input.value = text;
      complaint.hidden = true;
      input.removeAttribute("aria-invalid");
    },

    /** Says what is wrong with the filter, and points at it. */
    refuse(problem: Problem) {
      const { message, hint, position } = problem;
      const lines: (Node | string)[] = [sentence(message)];
      if (hint) lines.push(" ", sentence(hint));
      if (position !== undefined) {
        const scalars = [...input.value];
        const before = position > 16 ? ["…", ...scalars.slice(position - 15, position)] : scalars.slice(0, position);
        const after = scalars.slice(position, position + 18);
        lines.push(element("code", "", `${[...before, ...after].join("")}\n${" ".repeat(before.length)}↑`));
        const at = scalars.slice(0, position).join("").length;
        input.setSelectionRange(at, at);
      }
      complaint.replaceChildren(...lines);
      complaint.hidden = false;
      input.setAttribute("aria-invalid", "true");
      open(true);
    },

    /** Where what is on the map comes from. */
    origin(kind: "server" | "device" | "part", text: string) {
      const line = byId("origin", HTMLParagraphElement);
      line.className = kind;
      // Said again only when it changes.
      if (line.textContent !== text) line.textContent = text;
    },

    legend(parts: HTMLElement[]) {
      byId("legend", HTMLDivElement).replaceChildren(...parts);
    },

    busy(is: boolean) {
      byId("progress", HTMLDivElement).hidden = !is;
    },

    isBusy: () => !byId("progress", HTMLDivElement).hidden,

    /** A line at the foot of the map; none without a text. */
    status(text: string) {
      status.textContent = text;
      status.hidden = text === "";
    },
  };
}

export type Panel = ReturnType<typeof makePanel>;

/** A column's name as a filter wants it. */
function quoted(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function about({ min, max, nulls, distinct }: ColumnInfo): string {
  const parts = [
    min !== undefined && max !== undefined ? `${min} to ${max}` : "",
    distinct !== undefined ? `${number(distinct)} distinct` : "",
    nulls > 0 ? `${number(nulls)} without a value` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** A filter that this dataset would take. */
function example(columns: ColumnInfo[]): string {
  const texts = columns.filter(({ type, categories }) => type === "text" && typeof categories?.[0]?.value === "string");
  // The fewer values a column has, the more it tells what they are.
  const [text] = texts.sort((a, b) => (a.distinct ?? Infinity) - (b.distinct ?? Infinity));
  if (text) return `${quoted(text.name)} = '${String(text.categories?.[0]?.value).replaceAll("'", "''")}'`;
  const some = columns.find(({ min }) => typeof min === "number");
  return some ? `${quoted(some.name)} > ${some.min}` : "a CQL2 expression";
}
