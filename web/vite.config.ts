import { defineConfig } from "vite";
import { beside } from "./beside.js";
import { precache, unneeded } from "./precache.ts";
import { ground } from "./pyramid.js";
import { snapshot } from "./snapshot.ts";

// Relative addresses only: the page may lie under any prefix. Nothing is inlined, so that a strict content security
// policy (scripts, workers and styles from 'self') is enough. The service worker stands beside the page, because what
// it may answer for is what lies beneath it; hashes have no hyphen, after which the server looks for them.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    // With `light-dark()`, which the page can turn by itself.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/sw.ts", snapshot: "src/share/snapshot/open.tsx" },
      output: {
        hashCharacters: "base36",
        // Browsers keep it when only the page's own code is another.
        codeSplitting: { groups: [{ name: "maplibre-gl", test: /node_modules\/maplibre-gl\/.*js$/ }] },
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es", rolldownOptions: { output: { hashCharacters: "base36" } } },
  plugins: [ground(), unneeded(), snapshot(), precache(), { name: "beside", apply: "build", closeBundle: beside }],
  server: { proxy: { "^/(datasets|tiles)": "http://127.0.0.1:8080" } },
});
