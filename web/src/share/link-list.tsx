/** Addresses to copy: of the page, and of what the active layer shows. */

import { type Dataset, type Source, toQueryString } from "duotile";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Loaded } from "../load";
import { state } from "../state";
import { copyFrom } from "./copy";
import { carrying, isLoopback, keplerLinks, type Link, links, publicBase } from "./links";

interface Props {
  source: Source;
  known: Loaded | undefined;
  online: boolean;
}

export function LinkList({ source, known, online }: Props) {
  const [said, say] = useState("");
  const address = useAddress();
  const { plain, kepler, problem } = useLinks(source, known?.dataset, known, online);
  const base = known?.dataset ? publicBase(source.server, known.dataset) : source.server.base;
  return (
    <>
      <h2>This view</h2>
      <Address
        link={{ id: "page", title: "Page", use: "with everything that is chosen", address: toBase(address, base) }}
        said={said}
        say={say}
      />
      {isLoopback(new URL(base).hostname) && <OnlyHere />}
      <details class="part">
        <summary>Addresses of the data</summary>
        {!online && <p class="wrong">The server does not answer: these addresses work when it does.</p>}
        {plain.map((link) => (
          <Address key={link.id} link={link} said={said} say={say} open={link.id === "kepler"} />
        ))}
        {kepler.length > 0 && <h3>For any Kepler.gl</h3>}
        {kepler.map((link) => (
          <Address key={link.id} link={link} said={said} say={say} />
        ))}
        {problem && <p class="wrong">{problem}</p>}
      </details>
      <p id="copied" role="status">
        {said}
      </p>
    </>
  );
}

interface AddressProps {
  link: Link;
  /** What was said last: whether this one was copied. */
  said: string;
  say: (text: string) => void;
  open?: boolean;
}

function Address({ link, said, say, open = false }: AddressProps) {
  const { id, title, use, address } = link;
  const input = useRef<HTMLInputElement>(null);
  const copied = `Copied: ${title}.`;
  const copy = async () => {
    if (!input.current) return;
    const done = await copyFrom(input.current);
    say(done ? copied : `${title} is selected: press Ctrl+C (or ⌘C) to copy it.`);
  };
  return (
    <div class="address">
      <label for={`link-${id}`}>
        {title} <span>{use}</span>
      </label>
      <div class="field">
        <input
          id={`link-${id}`}
          ref={input}
          readOnly
          value={address}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        {open && (
          <a class="button" href={address} target="_blank" rel="noreferrer" aria-label={`Open ${title}`}>
            Open
          </a>
        )}
        <button type="button" aria-label={`${said === copied ? "Copied" : "Copy"}: ${title}`} onClick={copy}>
          {said === copied ? "Copied" : "Copy"}
        </button>
      </div>
    </div>
  );
}

function OnlyHere() {
  return (
    <div id="only-here" class="told">
      <p>
        <b>Only this machine can open these addresses.</b> Others can, if it is served with
      </p>
      <p>
        <code>--host 0.0.0.0</code> to everybody on this network, or
      </p>
      <p>
        <code>--base-url https://…</code> behind a proxy with that name.
      </p>
    </div>
  );
}

/** The address of the page, which follows the map and the state. */
function useAddress(): string {
  const [address, set] = useState(location.href);
  useEffect(() => {
    const look = () => set(location.href);
    // Nothing tells of an address that the page replaced itself.
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, []);
  void state.value;
  return address;
}

/** The same page of the server under its address for others. */
function toBase(address: string, base: string): string {
  return `${base}${location.pathname.endsWith("index.html") ? "index.html" : ""}${new URL(address).search}${new URL(address).hash}`;
}

/** The links of a layer, asked for anew when its query changes. */
function useLinks(source: Source, dataset: Dataset | undefined, known: Loaded | undefined, online: boolean) {
  const [found, set] = useState<Found>({ key: "", ...NONE });
  const key = known && dataset ? `${dataset.id} ${dataset.version} ${toQueryString(known.query)} ${online}` : "";
  useEffect(() => {
    if (!dataset || !known) return;
    const stop = new AbortController();
    const base = publicBase(source.server, dataset);
    const ask = async () => {
      const query = await carrying(source, dataset.id, known.query).catch(() => known.query);
      if (stop.signal.aborted) return;
      set({ ...NONE, key, plain: links(base, dataset, query) });
      if (!online) return;
      const kepler = await keplerLinks(source.server, base, dataset, query, stop.signal);
      set((before) => ({ ...before, kepler }));
    };
    ask().catch((error: unknown) => {
      if (!stop.signal.aborted)
        set((before) => ({ ...before, problem: `The addresses for Kepler.gl did not arrive: ${error}` }));
    });
    return () => stop.abort();
  }, [key]);
  // Those of another query are not to be copied for these.
  return found.key === key ? found : NONE;
}

interface Links {
  plain: readonly Link[];
  kepler: readonly Link[];
  problem: string;
}
/** The links of a query. */
type Found = Links & { key: string };
const NONE: Links = { plain: [], kepler: [], problem: "" };
