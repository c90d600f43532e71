/** What differs from place to place: texts that are only here, and what addresses are relative to. */

/** A text that was never there before. Works where pages are neither https nor localhost, unlike `randomUUID`. */
export function unique(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join("");
}

/** What relative addresses are relative to; nothing where there is no page. */
export function baseAddress(): string | undefined {
  return typeof document === "undefined" ? globalThis.location?.href : document.baseURI;
}
