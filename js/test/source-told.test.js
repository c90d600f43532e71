/** Statistics of a source, and what those who watch are told of its tiles. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, down, FR, faked, make, subset } from "./source.js";

const server = faked();

test("statistics are the server's, and the best subset's without it", async () => {
  const { source } = make([subset()]);
  assert.deepEqual((await source.stats("places", "a b", { filter: "x > 1" }, 5)).from, "server");
  assert.deepEqual((await source.cells("places", "a_mean", 3, FR)).value.cells, 99);
  assert.deepEqual(server.asked, [
    "datasets/places/stats?filter=x%20%3E%201&column=a%20b&bins=5",
    `datasets/places/stats?${FR}&measure=a_mean&z=3`,
  ]);
  server.answer = down;
  const { value, ...origin } = await source.stats("places", "a b", FR, 5);
  assert.deepEqual(value, { column: "a b", query: FR, bins: 5, rows: 10 });
  assert.deepEqual([origin.from, origin.partial, origin.subset?.id], ["device", true, "s"]);
  assert.deepEqual((await source.cells("places", "a_mean", 3, FR)).value, {
    measure: "a_mean",
    z: 3,
    query: FR,
    cells: 10,
  });
});

test("who watches is told of every tile that arrived: its address, what the server says of it, how long it took", async () => {
  const { source, tile, traces } = make([subset({ selects: FR })]);
  const headers = {
    "duotile-features": "3",
    "duotile-rows": "40",
    "duotile-omitted": "0",
    "duotile-kind": "cells",
    "server-timing": 'wait;dur=0.02, tile;desc="cut";dur=1.5',
  };
  server.answer = () => new Response("12345", { headers });
  await source.tile("places", [3, 4, 2], "cell=8");
  await tile(FR, [1, 0, 0]);
  server.answer = () => new Response(null, { status: 204, headers: { "server-timing": "cache;desc=hit" } });
  await source.tile("places", [3, 4, 2], "");
  server.answer = () => Response.json({ detail: "no" }, { status: 400 });
  await assert.rejects(source.tile("places", [0, 0, 0], "filter=b"));
  for (const { started, ended } of traces) assert.ok(started > 0 && started <= ended && ended <= performance.now());
  assert.deepEqual(
    traces.map(({ started: _, ended: __, ...rest }) => rest),
    [
      {
        dataset: "places",
        tile: [3, 4, 2],
        query: "cell=8",
        from: "server",
        bytes: 5,
        url: `${BASE}tiles/places/3/4/2.mvt?cell=8`,
        features: 3,
        rows: 40,
        omitted: 0,
        kind: "cells",
        server: [
          { name: "wait", ms: 0.02 },
          { name: "tile", ms: 1.5 },
        ],
        cached: false,
      },
      { dataset: "places", tile: [1, 0, 0], query: FR, from: "device", bytes: `s 1/0/0 ${FR}`.length },
      {
        dataset: "places",
        tile: [3, 4, 2],
        query: "",
        from: "server",
        bytes: 0,
        url: `${BASE}tiles/places/3/4/2.mvt`,
        server: [],
        cached: true,
      },
    ],
  );
});
