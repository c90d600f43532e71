/** Files that the page makes: their names, and how they reach the reader's disk. */

/** The name of a file: what it is of, and the day. */
export function fileName(of: string, extension: string): string {
  const name = of.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|-+$/g, "") || "map";
  return `${name}-${new Date().toISOString().slice(0, 10)}.${extension}`;
}

/** Saves a file. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  follow(address, name);
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Follows an address as a download. */
export function follow(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
