/**
 * The page of API documentation, made from the declarations in dist: `node api.js` writes docs/js-api.md.
 *
 * (TypeDoc does not know the version of TypeScript that is used here. The declarations that it writes are regular enough.)
 */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const PAGE = fileURLToPath(new URL("../docs/js-api.md", import.meta.url));

/** @typedef {{ name: string, kind: string, doc: string, code: string }} Entry */

const ORDER = ["class", "function", "interface", "type"];

/** The text of the page. */
export function page() {
  const entries = exported().sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || compare(a.name, b.name));
  const titles = { class: "Classes", function: "Functions", interface: "Interfaces", type: "Types" };
  const parts = ORDER.flatMap((kind) => {
    const of = entries.filter((entry) => entry.kind === kind);
    const title = titles[/** @type {keyof typeof titles} */ (kind)];
    return of.length === 0 ? [] : [`## ${title}`, ...of.map((entry) => section(entry, entries))];
  });
  return `${["# API of the npm package `duotile`", "Made from its types by `npm run docs -w duotile`; [its README](../js/README.md) tells how it is used.", ...parts].join("\n\n")}\n`;
}

/** Everything that the package exports, in no order. @returns {Entry[]} */
export function exported() {
  const index = read("index");
  const found = [];
  for (const [, all, names, file] of index.matchAll(/export (?:type )?(?:(\*)|\{([^}]*)\}) from "\.\/([^"]+)\.js";/g)) {
    const entries = declarations(read(file ?? ""));
    const wanted = (names ?? "").split(",").map((name) => name.replace(/\btype\b/, "").trim());
    for (const name of all ? entries.keys() : wanted.filter((name) => name !== "")) {
      const entry = entries.get(name);
      if (!entry) throw new Error(`index.ts exports ${name}, which ${file}.d.ts does not declare`);
      found.push(entry);
    }
  }
  return found;
}

/** @param {string} file */
function read(file) {
  return readFileSync(new URL(`dist/${file}.d.ts`, import.meta.url), "utf8");
}

/**
 * The declarations of a file by name. Each begins at the start of a line, and ends there with a brace, or with a semicolon.
 *
 * @param {string} text
 * @returns {Map<string, Entry>}
 */
function declarations(text) {
  const pattern =
    /^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:declare )?(class|function|interface|type) (\w+)[\s\S]*?(?:^\}|;)$/gm;
  const found = [...text.matchAll(pattern)].map(([whole, doc = "", kind = "", name = ""]) => {
    const code = ended(text, whole)
      .slice(doc.length)
      .replace(/^export (declare )?/, "")
      .replace(/^ {4}(#private;|private constructor\(.*)\n/gm, "");
    return /** @type {const} */ ([name, { name, kind, doc: prose(doc), code }]);
  });
  return new Map(found);
}

/**
 * A declaration to where its braces close: the first semicolon at the end of a line may be within them.
 *
 * @param {string} text
 * @param {string} start
 */
function ended(text, start) {
  const from = text.indexOf(start);
  let end = from + start.length;
  const open = () => {
    const code = text.slice(from, end).replace(/\/\*\*[\s\S]*?\*\//g, "");
    return code.split("{").length - code.split("}").length;
  };
  while (open() > 0) end = text.indexOf("\n", end + 1);
  return text.slice(from, end);
}

/** A comment as prose. @param {string} doc */
function prose(doc) {
  const lines = doc.replace(/^\/\*\*|\*\/\s*$/g, "").split("\n");
  return lines
    .map((line) => line.replace(/^\s*\*? ?/, ""))
    .join("\n")
    .trim();
}

/** @param {Entry} entry @param {Entry[]} all */
function section({ name, doc, code }, all) {
  const linked = doc.replace(/\{@link (\w+)\}/g, (_, to) => {
    return all.some((entry) => entry.name === to) ? `[${to}](#${to.toLowerCase()})` : `\`${to}\``;
  });
  const plain = code.replace(/\{@link (\w+)\}/g, "$1");
  return `### ${name}\n\n${linked}\n\n\`\`\`ts\n${plain}\n\`\`\``;
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, page());
