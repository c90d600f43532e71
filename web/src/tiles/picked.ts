/** A file of this device as readers of PMTiles want it: bytes by ranges. */

import type { RangeResponse, Source } from "pmtiles";

let files = 0;

/** A file of this device. Two may have the same name. */
export class Picked implements Source {
  readonly #file: Blob;
  readonly #key: string;

  constructor(file: Blob) {
    files += 1;
    this.#file = file;
    this.#key = `file-${files}`;
  }

  getKey(): string {
    return this.#key;
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    return { data: await this.#file.slice(offset, offset + length).arrayBuffer() };
  }
}
