import { defineConfig } from "vite";

// Relative addresses only: the page may lie under any prefix. Nothing is inlined, so that a strict content security
// policy (scripts, workers and styles from 'self') is enough.
export default defineConfig({
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1500 },
  server: { proxy: { "^/(datasets|tiles)": "http://127.0.0.1:8080" } },
});
