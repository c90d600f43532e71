/** What the pointer is over, in a few words beside it: how many rows a cell has and its measure, or what a row carries. */

import "./hover.css";
import type { MapGeoJSONFeature, Map as MapLibre } from "maplibre-gl";
import { element, formatted, number, percent } from "../dom";
import { saidValue } from "../filter/cycle";
import { categoryOf, colouredBy } from "../query";
import type { Drawable } from "./layers";
import { type Blend, told as sharesOf } from "./mix";
import { paintOf } from "./paint";
import { called } from "./tables";

const MOST = 3;

/** A label that follows the pointer; called with what is there, or nothing. */
export function makeHover(map: MapLibre) {
  const label = element("div", "hover");
  label.hidden = true;
  label.ariaHidden = "true";
  map.getContainer().append(label);
  const hide = () => {
    label.hidden = true;
  };
  map.on("mouseout", hide);
  map.on("movestart", hide);
  return (found: { feature: MapGeoJSONFeature; drawable: Drawable } | undefined, [x, y]: [number, number]) => {
    if (!found || map.isMoving()) {
      hide();
      return;
    }
    const lines = told(found.feature, found.drawable);
    if (lines.length === 0) {
      hide();
      return;
    }
    label.replaceChildren(...lines.map((line) => element("span", "", line)));
    label.hidden = false;
    const { clientWidth, clientHeight } = map.getContainer();
    const left = x + 14 + label.offsetWidth > clientWidth ? x - 10 - label.offsetWidth : x + 14;
    const top = y + 14 + label.offsetHeight > clientHeight ? y - 10 - label.offsetHeight : y + 14;
    label.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };
}

/** The shares of a cell's categories, or how the two of them compare that are compared. */
function shares({ how, parts }: Blend, properties: Record<string, unknown>, rows: number): string[] {
  const all = `${number(rows)} ${rows === 1 ? "row" : "rows"}`;
  if (how === "mixed") {
    const said = sharesOf(parts, properties).map(([title, count]) => `${title} ${percent(count / rows)}`);
    return [`${said.slice(0, MOST).join(", ")} of ${all}`];
  }
  const [one = 0, two = 0] = parts.map(({ property }) => Number(properties[property] ?? 0));
  const [first = "", second = ""] = parts.map(({ title }) => title);
  const told = [all, `${first} ${number(one)}, ${second} ${number(two)}`];
  if (one + two === 0) return told;
  if (how === "difference") return [...told, `${one > two ? "+" : ""}${number(one - two)}`];
  if (how === "share") return [...told, `${percent(one / (one + two))} ${first}`];
  return two === 0 ? told : [...told, `${number(Number((one / two).toPrecision(3)))} to 1`];
}

/** What a feature says of itself. */
export function told({ properties }: Pick<MapGeoJSONFeature, "properties">, { loaded, layer }: Drawable): string[] {
  const { point_count: count, h3: _, ...rest } = properties;
  const rows = Number(count);
  const blend = layer.drawing.category ? paintOf(layer, loaded).blend : undefined;
  if (blend) return shares(blend, properties, rows);
  const first = count === undefined ? [] : [`${number(rows)} ${rows === 1 ? "row" : "rows"}`];
  const by = colouredBy(layer.drawing.category, loaded.dataset);
  const cycle = by?.cycle;
  const measures = Object.entries(rest)
    .slice(0, MOST)
    .map(([name, value]) => {
      if (cycle && name === categoryOf(by.name)) {
        return `Most frequent ${cycle.name}: ${saidValue(cycle.name, Number(value))}`;
      }
      const info = loaded.tileJson.properties.find(({ property }) => property === name);
      const text =
        typeof value === "number" && !info?.unit ? number(Number(value.toPrecision(6))) : formatted(value, info);
      const title = called(name, loaded.tileJson.properties);
      return title === name ? `${name} ${text}` : `${title.charAt(0).toUpperCase()}${title.slice(1)}: ${text}`;
    });
  return [...first, ...measures];
}
