/**
 * What commas and points mean in numbers of CSV: one stands before decimals, the other between thousands.
 */

import { isAxis } from "./axes.js";

const WHOLE = /^[+-]?\d+$/;
/** Numbers with this sign before their decimals. */
const DECIMAL = { ",": /^[+-]?\d*,\d+(e[+-]?\d+)?$/i, ".": /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i };
/** Numbers with this sign between their thousands. */
const GROUPED = {
  ",": /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/,
  ".": /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/,
};

type Sign = keyof typeof DECIMAL;

/**
 * Numbers get points before their decimals and nothing between their thousands, which is told, by the sign that more of them prove to
 * stand before decimals; where none proves one, texts with commas stay as they are. The server decides by the same proofs.
 */
export function pointed(names: readonly string[], fields: string[][], separator: string, notes: string[]): void {
  const usual = signOf(names, fields, separator);
  fields.forEach((texts, at) => {
    // Degrees are no thousands.
    const sign = isAxis(names[at] ?? "") && texts.some((text) => DECIMAL[","].test(text)) ? "," : usual;
    const other = sign === "," ? "." : ",";
    const decimal = texts.find((text) => sign !== "." && DECIMAL[","].test(text));
    const grouped = texts.find((text) => sign && GROUPED[other].test(text));
    const fits = (text: string): boolean =>
      !text || WHOLE.test(text) || DECIMAL[sign ?? ","].test(text) || (!!sign && GROUPED[other].test(text));
    const first = decimal ?? grouped;
    if (first === undefined || !texts.every(fits)) return;
    if (sign) fields[at] = texts.map((text) => text.replaceAll(other, "").replace(",", "."));
    const means = decimal ? "decimals with commas" : `${other === "," ? "commas" : "points"} between thousands`;
    const told = sign ? `has ${means}, such as` : "stays text: it cannot be told what the comma means in";
    notes.push(`column "${names[at]}" ${told} "${first}"`);
  });
}

/** The sign before decimals that more numbers prove. */
function signOf(names: readonly string[], fields: readonly string[][], separator: string): Sign | undefined {
  const proofs = (sign: Sign, other: Sign): number[] =>
    fields.map((texts, at) => {
      const isOpen = (text: string): boolean => GROUPED[sign].test(text) && !isAxis(names[at] ?? "");
      const proves = (text: string): boolean =>
        DECIMAL[sign].test(text) ? !isOpen(text) : GROUPED[other].test(text) && !DECIMAL[other].test(text);
      return texts.filter(proves).length;
    });
  const sum = (counts: number[]): number => counts.reduce((all, count) => all + count, 0);
  const commas = proofs(",", ".");
  const [comma, point] = [sum(commas), sum(proofs(".", ","))];
  // Where commas part fields, one column that is no axis may be a list (`1,2`): it decides nothing for another.
  const alone = commas.indexOf(comma);
  const isList = (at: number): boolean => separator === "," && comma > 0 && at >= 0 && !isAxis(names[at] ?? "");
  const isAsked = (texts: readonly string[], at: number): boolean =>
    at !== alone && texts.some((text) => DECIMAL[","].test(text));
  if (comma > point && !(isList(alone) && fields.some(isAsked))) return ",";
  return point ? "." : undefined;
}
