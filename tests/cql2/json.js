/**
 * CQL2 JSON of the predicates of annex A, written from their texts: an operation by its name, geometries as GeoJSON. It knows what stands
 * there, and no more.
 */

/** @param {string} text @returns {unknown} */
export function json(text) {
  const tokens = text.match(/'(?:[^']|'')*'|-?\d+(?:\.\d+)?|<>|<=|>=|[\w]+|[(),=<>]/g) ?? [];
  let at = 0;
  const is = (/** @type {string} */ word) => tokens[at]?.toUpperCase() === word;
  const take = () => tokens[at++] ?? "";
  const takes = (/** @type {string} */ word) => is(word) && take() !== "";

  /** @type {() => unknown} */
  const either = () => joined("OR", both);
  const both = () => joined("AND", not);
  /** @param {string} word @param {() => unknown} part */
  const joined = (word, part) => {
    const args = [part()];
    while (takes(word)) args.push(part());
    return args.length === 1 ? args[0] : { op: word.toLowerCase(), args };
  };
  const not = () => (takes("NOT") ? { op: "not", args: [simple()] } : simple());
  const simple = () => {
    if (is("(")) {
      take();
      const inner = either();
      take();
      return inner;
    }
    if (tokens[at]?.toUpperCase().startsWith("S_")) {
      const op = take().toLowerCase();
      take();
      const first = spatial();
      take();
      const args = [first, spatial()];
      take();
      return { op, args };
    }
    const property = take();
    const op = take();
    const value = take();
    return { op, args: [{ property }, value.startsWith("'") ? value.slice(1, -1) : Number(value)] };
  };

  /** A property, a box, or a geometry. */
  const spatial = () => {
    const word = take();
    if (word.toUpperCase() === "BBOX") return { bbox: list().flat() };
    return is("(") ? geometry(word.toUpperCase()) : { property: word };
  };
  /** @param {string} name @returns {unknown} */
  const geometry = (name) => {
    const type = {
      POINT: "Point",
      LINESTRING: "LineString",
      POLYGON: "Polygon",
      MULTIPOINT: "MultiPoint",
      MULTILINESTRING: "MultiLineString",
      MULTIPOLYGON: "MultiPolygon",
    }[name];
    if (type) {
      const coordinates = list();
      return { type, coordinates: name === "POINT" ? coordinates[0] : coordinates };
    }
    const geometries = [];
    do {
      take();
      geometries.push(geometry(take().toUpperCase()));
    } while (is(","));
    take();
    return { type: "GeometryCollection", geometries };
  };
  /** What stands in brackets: lists of lists, or of positions, of which a box has each number by itself. @returns {any[]} */
  const list = () => {
    const items = [];
    do {
      take();
      if (is("(")) items.push(list());
      else {
        const numbers = [];
        while (!is(",") && !is(")")) numbers.push(Number(take()));
        items.push(numbers);
      }
    } while (is(","));
    take();
    return items;
  };
  return either();
}
