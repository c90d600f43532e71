/** The part of the panel about this device: taking rows along, and what has been taken. */

import { type DatasetSummary, type Offline, type Stored, type Subset, type TakeRequest, Unreachable } from "duotile";
import { ago, byId, bytes, element, number, sentence } from "../dom";
import { files } from "../page";
import { keepPage } from "./keep";

/** What is on the map, and what this part asks of the page. */
export interface Surroundings {
  offline: Offline;
  /** Why subsets could not be opened, by their ids. */
  faults: ReadonlyMap<string, string>;
  server: string;
  /** The dataset and filter on the map; none before there are any. */
  now: () => { dataset: DatasetSummary; filter: string } | undefined;
  /** West, south, east, north of the map. */
  view: () => [number, number, number, number];
  /** Whether the server answers. */
  reachable: () => boolean;
  /** Something was taken, refreshed or deleted. */
  changed: () => void;
  /** Opens a subset; rejects with what keeps it from that. */
  opened: (subset: Subset) => Promise<void>;
  /** Shows a subset on the map. */
  show: (subset: Subset) => void;
}

/** Takes hold of this part of the panel. */
export function makeDevice({ offline, faults, server, now, view, reachable, changed, opened, show }: Surroundings) {
  const details = byId("device", HTMLDetailsElement);
  const form = byId("take", HTMLFormElement);
  const start = byId("take-start", HTMLButtonElement);
  const expected = byId("take-size", HTMLSpanElement);
  const taking = byId("taking", HTMLDivElement);
  const bar = byId("taking-bar", HTMLProgressElement);
  const arrived = byId("taking-size", HTMLSpanElement);
  const error = byId("device-error", HTMLParagraphElement);
  const said = byId("device-said", HTMLParagraphElement);
  const kept = byId("kept", HTMLUListElement);
  let stop: AbortController | undefined;
  let guessing = new AbortController();
  /** What the list was made of. */
  let listed = "";

  const tell = (where: HTMLElement, text: string) => {
    where.textContent = text;
    where.hidden = text === "";
  };

  const wish = (): TakeRequest | undefined => {
    const here = now();
    if (!here) return undefined;
    const query = here.filter ? { filter: here.filter } : {};
    const inView = new FormData(form).get("extent") === "view";
    return { server, dataset: here.dataset.id, query, ...(inView ? { bbox: view() } : {}) };
  };

  /** Says how much would be taken, or why nothing can be. */
  const guess = async () => {
    guessing.abort();
    guessing = new AbortController();
    const { signal } = guessing;
    const here = now();
    const request = wish();
    const closed = files.peek().has(here?.dataset.id ?? "")
      ? "This is a file of this device: nothing has to be taken along."
      : reachable()
        ? "The server gives out no rows to take along."
        : "Rows are taken when the server answers.";
    form.hidden = !reachable() || here?.dataset.subset_open === false;
    tell(byId("closed", HTMLParagraphElement), form.hidden ? closed : "");
    byId("extent-all", HTMLSpanElement).textContent = here?.filter ? "All that pass the filter" : "All rows";
    byId("extent-view", HTMLSpanElement).textContent = here?.filter ? "Those of them in view" : "Those in view";
    if (!details.open || !request || form.hidden) return;
    try {
      const { rows, bytes: size, fits, room } = await offline.estimate({ ...request, signal });
      if (signal.aborted) return;
      const free = room && !fits ? `, more than the ${bytes(room.free)} that there is room for` : "";
      expected.textContent = `${number(rows)} ${rows === 1 ? "row" : "rows"}, about ${bytes(size)}${free}`;
      expected.classList.toggle("wrong", !fits);
      start.disabled = rows === 0;
    } catch {
      // Whatever it is, it is told when rows are taken.
      if (!signal.aborted) expected.textContent = "";
    }
  };

  /** Runs a download with its bar, its cancel button and what it ends with. */
  const run = async (work: (watched: Pick<TakeRequest, "signal" | "onProgress">) => Promise<[Subset, string]>) => {
    if (stop) return;
    stop = new AbortController();
    const { signal } = stop;
    tell(error, "");
    tell(said, "");
    bar.removeAttribute("value");
    arrived.textContent = "";
    taking.hidden = false;
    start.disabled = true;
    let taken: Subset | undefined;
    try {
      const [subset, ending] = await work({
        signal,
        onProgress: ({ rows, bytes: size, total }) => {
          if (total !== undefined) bar.value = size / total;
          const of = total === undefined ? "" : ` of ${bytes(total)}`;
          arrived.textContent = `${bytes(size)}${of}${rows === undefined ? "" : ` · ${number(rows)} rows`}`;
        },
      });
      changed();
      taken = subset;
      // What cannot be opened is of no use without a server: only then is it told that it is here.
      await opened(subset);
      const page = await keepPage().then(
        () => "This page opens without the network.",
        (error: Error) => sentence(error.message),
      );
      // A place that keeps less than others says so, and what it means for the page.
      const { note } = offline.store;
      tell(said, `${ending} ${note === undefined ? page : sentence(note)}`);
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      if (taken) tell(error, sentence(`the rows arrived, but cannot be opened: ${why}`));
      else if (signal.aborted) tell(said, "Cancelled. Nothing was changed.");
      else tell(error, sentence(why));
      if (fault instanceof Unreachable) changed();
    } finally {
      const focused = taking.contains(document.activeElement);
      stop = undefined;
      taking.hidden = true;
      start.disabled = false;
      if (focused) start.focus();
      await list();
      await guess();
    }
  };

  const refresh = (id: string, force: boolean) =>
    run(async (watched) => {
      const { subset, changed } = await offline.refresh(id, { ...watched, force });
      return [subset, changed ? `Taken anew: ${number(subset.rows)} rows.` : "Nothing has changed on the server."];
    });

  const remove = async (id: string) => {
    tell(error, "");
    tell(said, "");
    try {
      await offline.remove(id);
      tell(said, "Deleted.");
      changed();
    } catch (fault) {
      tell(error, sentence(fault instanceof Error ? fault.message : String(fault)));
    }
    await list();
    byId("device", HTMLDetailsElement).querySelector("summary")?.focus();
  };

  /** An entry: what it is, how large, how old; show, refresh, delete. */
  const item = ({ id, subset, request: about, taking, bytes: size, ...stored }: Stored) => {
    const broken = stored.broken ?? faults.get(id);
    const filter = about ? (new URLSearchParams(about.query).get("filter") ?? "All rows") : id;
    const name = `${subset?.title ?? about?.dataset ?? ""}: ${filter}`;
    const title = element("button", "link", filter);
    title.type = "button";
    title.setAttribute("aria-label", `Show ${name}`);
    title.addEventListener("click", () => subset && show(subset));
    const current = now()?.dataset;
    const facts = [
      about && about.dataset !== current?.id ? (subset?.title ?? about.dataset) : "",
      subset ? `${number(subset.rows)} ${subset.rows === 1 ? "row" : "rows"}${subset.bbox ? " in a box" : ""}` : "",
      bytes(size),
      subset ? ago(subset.taken) : "",
    ];
    const line = element("p", "", facts.filter(Boolean).join(" · "));
    if (subset) line.title = `Taken ${subset.taken}`;
    const old = subset && reachable() && current?.id === subset.dataset && current.version !== subset.version;
    const again = element("button", "", broken === undefined ? "Refresh" : "Take again");
    again.type = "button";
    again.setAttribute("aria-label", `${again.textContent} ${name}`);
    again.disabled = !reachable() || taking;
    again.addEventListener("click", () => void refresh(id, broken !== undefined));
    const gone = element("button", "", "Delete");
    gone.type = "button";
    gone.setAttribute("aria-label", `Delete ${name}`);
    gone.disabled = taking;
    // What is deleted without the network cannot be had again: the second press counts.
    gone.addEventListener("click", () => {
      if (gone.classList.contains("sure")) void remove(id);
      gone.classList.add("sure");
      gone.textContent = "Really delete?";
      gone.setAttribute("aria-label", `Really delete ${name}?`);
    });
    gone.addEventListener("blur", () => {
      gone.classList.remove("sure");
      gone.textContent = "Delete";
      gone.setAttribute("aria-label", `Delete ${name}`);
    });
    return element(
      "li",
      "",
      broken === undefined && subset ? title : element("b", "", filter),
      line,
      ...(broken === undefined ? [] : [element("p", "wrong", `${sentence(`this cannot be used: ${broken}`)}`)]),
      ...(old ? [element("p", "", "The server has newer data.")] : []),
      ...(taking ? [element("p", "", "Being taken…")] : []),
      element("div", "act", ...(about ? [again] : []), gone),
    );
  };

  const list = async () => {
    // Those of other servers are for their pages; what nobody can tell is everybody's.
    const mine = (await offline.list()).filter(({ request }) => !request || request.server === server);
    // What is as it was stays where it is: somebody may be about to press a button of it.
    const state = JSON.stringify([mine, [...faults], reachable(), now()?.dataset.version]);
    if (state !== listed) {
      const label = kept.contains(document.activeElement) && document.activeElement?.getAttribute("aria-label");
      kept.replaceChildren(...mine.map(item));
      if (label) kept.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`)?.focus();
    }
    listed = state;
    const sum = mine.reduce((sum, { bytes }) => sum + bytes, 0);
    byId("kept-sum", HTMLSpanElement).textContent = mine.length === 0 ? "" : `${mine.length} kept · ${bytes(sum)}`;
    const room = mine.length > 0 ? await offline.store.room() : undefined;
    const promise = room?.persisted ? "" : " The browser may clear what is kept when the device runs short of room.";
    byId("room", HTMLParagraphElement).textContent = room ? `${bytes(room.free)} free for this site.${promise}` : "";
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = wish();
    if (!request) return;
    void run(async (watched) => {
      const subset = await offline.take({ ...request, ...watched });
      const { rows } = subset;
      return [subset, `${number(rows)} ${rows === 1 ? "row is" : "rows are"} on this device.`];
    });
  });
  form.addEventListener("change", () => void guess());
  details.addEventListener("toggle", () => void guess());
  byId("taking-cancel", HTMLButtonElement).addEventListener("click", () => stop?.abort());

  return {
    /** Looks again at what is kept, and at how much would be taken. */
    async update() {
      await Promise.all([list(), guess()]);
    },
    /** The map was moved. */
    moved() {
      if (new FormData(form).get("extent") === "view") void guess();
    },
  };
}
