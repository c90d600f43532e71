/** An engine that is not ours, to make files with and to ask the same questions. */

import { DuckDBInstance } from "@duckdb/node-api";

/** A database in memory, in UTC. */
export async function open() {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    /** @param {string} sql */
    run: (sql) => connection.run(sql),
    /**
     * The first column of what a query selects, as numbers.
     *
     * @param {string} sql
     */
    numbers: async (sql) => (await connection.runAndReadAll(sql)).getRows().map(([value]) => Number(value)),
    close: () => connection.closeSync(),
  };
}
