/**
 * Decimals with commas, in fields of CSV.
 */

const WHOLE = /^[+-]?\d+$/;
const COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
const THREE = /^[+-]?\d{1,3},\d{3}$/;

/**
 * Columns of decimals that have commas get points, which is told; where all commas may as well stand between thousands, nothing is
 * taken for either.
 */
export function pointed(names: readonly string[], fields: string[][], notes: string[]): void {
  const isCertain = fields.some((texts) => texts.some((text) => COMMA.test(text) && !THREE.test(text)));
  fields.forEach((texts, at) => {
    const first = texts.find((text) => COMMA.test(text));
    if (first === undefined || !texts.every((text) => text === "" || WHOLE.test(text) || COMMA.test(text))) return;
    if (isCertain) fields[at] = texts.map((text) => text.replace(",", "."));
    const told = isCertain
      ? "has decimals with commas, such as"
      : "stays text: it cannot be told what the comma means in";
    notes.push(`column "${names[at]}" ${told} "${first}"`);
  });
}
