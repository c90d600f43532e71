/**
 * The public fixtures of vector tiles against the reader behind `duotile inspect`: what is valid is read, what is not is
 * refused. Fixtures that a reader may judge either way are named with the reason.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { run } from "./lib/duotile.js";

/** @type {{ each: (visit: (fixture: { id: string, description: string, validity: { v2: boolean }, buffer: Buffer }) => void) => void }} */
const suite = createRequire(import.meta.url)("@mapbox/mvt-fixtures");

/** Cases left out: id and why. */
const LEFT_OUT = new Map([
  ["003", "its bytes are those of fixture 016, which is to be read: a missing type is UNKNOWN, the field's default"],
  ["030", "protobuf itself joins the two geometry fields of a feature into one, so no reader of messages can see them"],
  ["057", "its MoveTo counts 536,870,911 positions and brings one, for which fixture 052 is refused: we refuse both"],
]);

const folder = mkdtempSync(join(tmpdir(), "duotile-fixtures-"));
after(() => rmSync(folder, { recursive: true, force: true }));

suite.each(({ id, description, validity, buffer }) => {
  const skip = LEFT_OUT.get(id) ?? false;
  const verdict = validity.v2 ? "is read" : "is refused";
  test(`fixture ${id} ${verdict}: ${description.slice(0, 90)}`, { skip }, () => {
    const file = join(folder, `${id}.mvt`);
    writeFileSync(file, buffer);
    const { status, stdout, stderr } = run("inspect", file);
    if (validity.v2) {
      assert.equal(status, 0, stderr);
    } else {
      assert.ok(status !== 0 && status !== null, `it was read as:\n${stdout}`);
      assert.match(stderr, /\S/, "nothing was said about it");
      assert.doesNotMatch(stderr, /panicked/);
    }
  });
});
