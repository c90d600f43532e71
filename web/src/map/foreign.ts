/**
 * The style of somebody else as a ground: its address enters; its layers leave, those with names and signs apart, because
 * they lie above the data. Its sources and layers get names that are never the data's, its addresses become absolute.
 */

import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { type Ground, PREFIX } from "./ground";

/** Fetches a style. */
export async function openStyle(address: string): Promise<Ground> {
  const { host } = new URL(address);
  const response = await fetch(address).catch(() => {
    throw new Error(`${host} does not answer, or does not let other pages read the style (CORS)`);
  });
  if (!response.ok) throw new Error(`${host} has no style there: it answers ${response.status}`);
  const text = await response.text();
  const style = parse(text, host);
  // A style may name PMTiles as its source.
  if (text.includes('"pmtiles://')) (await import("./archive")).register();
  return groundOf(style, address);
}

function parse(text: string, host: string): StyleSpecification {
  let style: Partial<StyleSpecification> | null;
  try {
    style = JSON.parse(text);
  } catch {
    throw new Error(`what ${host} sent is no style: it is not JSON`);
  }
  const whole = typeof style?.sources === "object" && Array.isArray(style.layers) && style.version === 8;
  if (!whole) throw new Error(`what ${host} sent is no style: expected version 8 with sources and layers`);
  if (text.includes('"mapbox://'))
    throw new Error(`the style of ${host} names mapbox:// addresses, for Mapbox's own map only`);
  return style as StyleSpecification;
}

/** A style as a ground. */
export function groundOf(style: StyleSpecification, address: string): Ground {
  const sources = Object.entries(style.sources).map(
    ([id, source]) => [PREFIX + id, absolute(source, address)] as const,
  );
  const layers = style.layers.map((layer): LayerSpecification => {
    const source = "source" in layer && typeof layer.source === "string" ? { source: PREFIX + layer.source } : {};
    return { ...layer, id: PREFIX + layer.id, ...source } as LayerSpecification;
  });
  const { glyphs, sprite } = style;
  const signs =
    typeof sprite === "string"
      ? resolve(sprite, address)
      : sprite?.map(({ id, url }) => ({ id, url: resolve(url, address) }));
  return {
    sources: Object.fromEntries(sources),
    below: () => layers.filter(({ type }) => type !== "symbol"),
    above: () => layers.filter(({ type }) => type === "symbol"),
    more: { ...(glyphs ? { glyphs: resolve(glyphs, address) } : {}), ...(signs ? { sprite: signs } : {}) },
  };
}

function absolute(source: SourceSpecification, address: string): SourceSpecification {
  const told: Record<string, unknown> = { ...source };
  for (const name of ["url", "data"]) {
    if (typeof told[name] === "string") told[name] = resolve(told[name], address);
  }
  if (Array.isArray(told["tiles"])) told["tiles"] = told["tiles"].map((tile) => resolve(String(tile), address));
  return told as SourceSpecification;
}

/** An address that may be relative to the style's; what stands in braces stays. */
function resolve(url: string, address: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return url;
  return new URL(url, address).href.replace(/%7B/gi, "{").replace(/%7D/gi, "}");
}
