/** Everything that the package offers. */

export { Problem } from "./problem.js";
export { type TileQuery, toQueryString } from "./query.js";
export { type Rows, Server } from "./server.js";
export type * from "./types.js";
