/**
 * Which grounds there are. What the state names (`natural-earth`, `none`, `server`, `style:` with an address, `file:` with
 * a number) becomes what the map draws. Addresses of elsewhere are asked for only if the operator or the reader named
 * them: one that comes with a link waits until the reader says so.
 */

import { effect } from "@preact/signals";
import type { Basemap, Catalog } from "duotile";
import { basemap, ground } from "../page";
import { state } from "../state";
import { BARE, type Ground } from "./ground";
import type { DataMap } from "./map";
import { shipped } from "./shipped";

const STYLE = "style:";
const FILE = "file:";
const SHIPPED = "natural-earth";

/** The ground that a state means: where it says nothing, that of the server, else the shipped one. */
export function meant(name: string, there: Basemap | null = basemap.value): string {
  return name || (there ? "server" : SHIPPED);
}

/**
 * The base map that a server names. A file that it gives out itself is asked for where the page is from, as everything of
 * it is: whatever stands before the server need not have told it how it is reached.
 */
export function basemapOf({ basemap = null, datasets }: Catalog): Basemap | null {
  const own = datasets[0]?.links?.self.replace(/\/datasets\/[^/]*$/, "/basemap.pmtiles");
  const isOwn = basemap && "pmtiles" in basemap && basemap.pmtiles === own;
  return isOwn ? { pmtiles: new URL("basemap.pmtiles", document.baseURI).href } : basemap;
}

/** The address in the name of a ground; none if it has none. */
export function addressIn(name: string): string | undefined {
  return name.startsWith(STYLE) ? name.slice(STYLE.length) : undefined;
}

/** The name of a ground at an address that the reader typed, which may be asked from now on. */
export function typed(address: string): string {
  const all = [address, ...known().filter((one) => one !== address)].slice(0, MOST);
  try {
    localStorage.setItem(KEPT, JSON.stringify(all));
  } catch {
    // Then it holds as long as the page is open.
  }
  here.add(address);
  return STYLE + address;
}

/** Addresses that the reader typed before, the last first. */
export function known(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

const KEPT = "duotile-styles";
/** So many are kept. */
const MOST = 5;
/** Those of this page, where a browser keeps nothing. */
const here = new Set<string>();

const files = new Map<string, File>();

/** The name of a ground that is a file of this device; it is known while the page is open. */
export function picked(file: File): string {
  const name = `${FILE}${files.size + 1}`;
  files.set(name, file);
  return name;
}

/** The file of a ground. */
export const fileOf = (name: string): File | undefined => files.get(name);

/** Why a ground is not shown although nothing is wrong: nobody here has said that its address may be asked. */
export class Unasked extends Error {
  override readonly name = "Unasked";
}

async function load(name: string, there: Basemap | null): Promise<Ground> {
  if (name === "none") return BARE;
  if (name === SHIPPED) return shipped();
  if (name === "server") {
    if (!there) throw new Error("this server names no base map");
    return "style" in there ? at(there.style) : (await import("./archive")).openArchive(there.pmtiles);
  }
  if (name.startsWith(FILE)) {
    const file = files.get(name);
    if (!file) throw new Error("the file of the base map must be chosen again");
    return (await import("./archive")).openArchive(file);
  }
  const address = addressIn(name);
  if (address === undefined) throw new Error(`there is no base map "${name}"`);
  if (!here.has(address) && !known().includes(address)) throw new Unasked(new URL(address).host);
  return at(address);
}

/** What is at an address: a style, or PMTiles. */
async function at(address: string): Promise<Ground> {
  if (/\.pmtiles$/i.test(new URL(address).pathname)) return (await import("./archive")).openArchive(address);
  return (await import("./foreign")).openStyle(address);
}

/** Lays the ground of the state under the map, now and whenever it changes. What cannot be had is told. */
export function followGround(view: DataMap): void {
  // The map begins with the shipped one.
  ground.value = { name: SHIPPED };
  let before = `${SHIPPED} null`;
  effect(() => {
    const there = basemap.value;
    const name = meant(state.value.ground, there);
    const key = `${name} ${JSON.stringify(there)}`;
    if (key === before) return;
    before = key;
    void lay(view, name, there, () => key === before);
  });
}

/** Lays a ground, or the shipped one where it cannot be had. */
async function lay(view: DataMap, name: string, there: Basemap | null, current: () => boolean): Promise<void> {
  try {
    const wished = await load(name, there);
    if (!current()) return;
    view.lay(wished);
    ground.value = { name };
  } catch (error) {
    if (!current()) return;
    const fault = error instanceof Error ? error.message : String(error);
    ground.value = { name: SHIPPED, fault: error instanceof Unasked ? "" : fault };
    if (name !== SHIPPED) view.lay(shipped());
  }
}
