/**
 * Points of a CSV file that `duotile generate` wrote, as typed arrays, and the tiles to time: by the same rule as
 * benches/src/tiles.rs, with a projection written here.
 */

/**
 * @typedef {{ rows: number, lon: Float64Array, lat: Float64Array, value: Float64Array, ts: Float64Array, id: Float64Array,
 *   codes: Uint32Array, words: string[] }} Points
 */

/**
 * Reads id, lon, lat, category, value and ts.
 *
 * @param {Iterable<string>} lines
 * @returns {Points}
 */
export function parse(lines) {
  const columns = ["id", "lon", "lat", "value", "ts"].map(() => /** @type {number[]} */ ([]));
  /** @type {number[]} */
  const codes = [];
  /** @type {Map<string, number>} */
  const words = new Map();
  let header = true;
  for (const line of lines) {
    const [id, lon, lat, category = "", value, ts = ""] = line.split(",");
    if (header) {
      if (line !== "id,lon,lat,category,value,ts") throw new Error(`the file has columns ${line}`);
      header = false;
      continue;
    }
    [Number(id), Number(lon), Number(lat), Number(value), Date.parse(ts)].forEach((number, at) => {
      columns[at]?.push(number);
    });
    const code = words.get(category) ?? words.size;
    words.set(category, code);
    codes.push(code);
  }
  const [id, lon, lat, value, ts] = columns.map((column) => Float64Array.from(column));
  if (!id || !lon || !lat || !value || !ts) throw new Error("no columns");
  return { rows: id.length, id, lon, lat, value, ts, codes: Uint32Array.from(codes), words: [...words.keys()] };
}

/**
 * Up to five tiles of a zoom: at rank 0, n/64, n/16, n/4 and n/2 of its occupied tiles, fullest first.
 *
 * @param {Points} points
 * @param {number} z
 */
export function five({ lon, lat }, z) {
  const side = 2 ** z;
  /** @type {Map<number, number>} */
  const counts = new Map();
  lon.forEach((degrees, row) => {
    const sin = Math.sin(((lat[row] ?? 0) * Math.PI) / 180);
    const x = Math.floor(((degrees + 180) / 360) * side);
    const y = Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * side);
    counts.set(y * side + x, (counts.get(y * side + x) ?? 0) + 1);
  });
  const tiles = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  const n = tiles.length;
  const ranks = [...new Set([0, 64, 16, 4, 2].map((part) => (part === 0 ? 0 : Math.floor(n / part))))];
  return ranks.map((rank) => {
    const [at, rows] = tiles[rank] ?? [0, 0];
    return { z, x: at % side, y: Math.floor(at / side), rows };
  });
}
