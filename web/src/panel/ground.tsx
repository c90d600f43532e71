/** The base map: which lies under the data, and what it takes for another to lie there. */

import "./ground.css";
import type { TargetedEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { NEAR } from "../map/ground";
import { addressIn, fileOf, known, meant, picked, typed } from "../map/grounds";
import { basemap, ground, wanted, zoom } from "../page";
import { change, state } from "../state";
import { Section } from "./section";

/** What the reader is about to choose, and has not named yet. */
type Open = "" | "style" | "file";

const lay = (name: string) => change("ground", (before) => ({ ...before, ground: name }));

export function GroundControls({ shown }: { shown: boolean }) {
  const [open, setOpen] = useState<Open>("");
  const name = meant(state.value.ground);
  const address = addressIn(name);
  const kind = open || (address === undefined ? (name.split(":")[0] ?? "") : "style");
  // Asked for from elsewhere: there is something to choose here.
  useEffect(() => {
    if (wanted.value !== "ground" || !shown) return;
    wanted.value = "";
    const part = document.querySelector<HTMLDetailsElement>("#ground");
    if (part) part.open = true;
    document.querySelector<HTMLElement>("#ground-choice")?.focus();
  }, [wanted.value, shown]);
  const choose = (value: string) => {
    if (value === "style" || value === "file") setOpen(value);
    else {
      setOpen("");
      lay(value);
    }
  };
  return (
    <Section id="ground" title="Base map">
      <div class="controls">
        <label class="line">
          Under the data
          <select id="ground-choice" value={kind} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {basemap.value && <option value="server">that of this server</option>}
            <option value="natural-earth">coasts and borders</option>
            <option value="none">nothing</option>
            <option value="style">at an address</option>
            <option value="file">a PMTiles file</option>
          </select>
        </label>
        {kind === "style" && <Address at={address} done={() => setOpen("")} />}
        {kind === "file" && <PickFile name={fileOf(name)?.name} done={() => setOpen("")} />}
        <Told kind={kind} address={address} />
      </div>
    </Section>
  );
}

/** A style's address, typed by the reader. */
function Address({ at = "", done }: { at: string | undefined; done: () => void }) {
  const show = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get("style");
    if (typeof text !== "string") return;
    lay(typed(new URL(text).href));
    done();
  };
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <form id="ground-style" ref={form} onSubmit={show}>
      <label for="style-address">Address of a MapLibre style, or of PMTiles</label>
      <div class="field">
        <input
          id="style-address"
          name="style"
          type="url"
          required
          pattern="https?://.+"
          title="An address that begins with https:// or http://"
          placeholder="https://…/style.json"
          defaultValue={at}
          key={at}
          list="styles"
          spellcheck={false}
          autocomplete="off"
        />
        <datalist id="styles">
          {known().map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <button type="submit">Show</button>
      </div>
    </form>
  );
}

/** PMTiles of this device. */
function PickFile({ name, done }: { name: string | undefined; done: () => void }) {
  return (
    <label id="ground-file">
      {name ? `${name}; another:` : "PMTiles on this device: nothing of it is sent anywhere"}
      <input
        type="file"
        accept=".pmtiles"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (!file) return;
          lay(picked(file));
          done();
        }}
      />
    </label>
  );
}

/** Who is asked for the base map, what went wrong with it, and what a link wishes. */
function Told({ kind, address }: { kind: string; address: string | undefined }) {
  const { fault } = ground.value;
  const there = basemap.value;
  if (fault) {
    return (
      <p id="ground-error" role="alert">
        {fault}
      </p>
    );
  }
  if (fault === "" && address !== undefined) {
    return (
      <p class="quiet">
        The address of this page names a base map of {new URL(address).host}, which has not been asked yet.{" "}
        <button type="button" id="ground-allow" onClick={() => allow(address)}>
          Show it
        </button>
      </p>
    );
  }
  const host = kind === "style" ? address : kind === "server" && there ? Object.values(there)[0] : undefined;
  if (host === undefined || new URL(host).origin === location.origin) return null;
  return <p class="quiet">Your browser asks {new URL(host).host} for it, who sees which places you look at.</p>;
}

/** What came with a link is now the reader's own wish. */
function allow(address: string): void {
  const name = typed(address);
  // The state names it already: it is looked at once more.
  change("ground", (before) => ({ ...before, ground: "natural-earth" }));
  change("ground", (before) => ({ ...before, ground: name }));
}

/** Where the shipped ground has nothing to show, it says so, and where there is more. */
export function GroundHint() {
  const fault = ground.value.fault;
  const wish = meant(state.value.ground);
  const near = ground.value.name === "natural-earth" && (zoom.value >= NEAR || fault !== undefined);
  if (!near) return null;
  const host = addressIn(wish);
  const text =
    fault === undefined
      ? "This base map has no streets."
      : fault === "" && host
        ? `This link names a base map of ${new URL(host).host}.`
        : "The base map could not be shown.";
  return (
    <aside id="ground-hint" class="hint" aria-label="About the base map">
      {text}{" "}
      <button
        type="button"
        onClick={() => {
          wanted.value = "ground";
        }}
      >
        {fault === undefined ? "Choose another" : "Look"}
      </button>
    </aside>
  );
}
