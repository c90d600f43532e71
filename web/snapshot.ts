/**
 * Tells the page which scripts of its own build a saved view needs: the page puts their texts into the file. So a saved
 * view is drawn by the same MapLibre and the same code as the page, and there is no second build of either.
 */

import type { Plugin } from "vite";

/** Where it is told, beside the page. */
const LIST = "snapshot.json";
const ENTRY = "snapshot";

/** Writes the names of the scripts, each after those that it imports. */
export function snapshot(): Plugin {
  return {
    name: "snapshot",
    apply: "build",
    generateBundle(_, bundle) {
      const order: string[] = [];
      const path: string[] = [];
      const visit = (name: string) => {
        if (order.includes(name)) return;
        if (path.includes(name))
          this.error(`scripts of a saved view import each other: ${[...path, name].join(" → ")}`);
        path.push(name);
        const chunk = bundle[name];
        if (chunk?.type !== "chunk") this.error(`${name} is no script of this build`);
        for (const imported of chunk.imports) visit(imported);
        path.pop();
        order.push(name);
      };
      const entry = Object.values(bundle).find(
        (chunk) => chunk.type === "chunk" && chunk.isEntry && chunk.name === ENTRY,
      );
      if (!entry) this.error(`the build has no entry ${ENTRY}`);
      visit(entry.fileName);
      this.emitFile({ type: "asset", fileName: LIST, source: JSON.stringify(order) });
    },
  };
}
