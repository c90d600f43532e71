/** A text that was never there before. Works where pages are neither https nor localhost, unlike `randomUUID`. */
export function unique(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join("");
}
