/** A refusal of the server (RFC 9457), with where in which parameter it lies. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** The HTTP status. */
  readonly status: number;
  /** The parameter at fault. */
  readonly parameter: string | undefined;
  /** Characters (Unicode scalars) before the fault in that parameter's text. */
  readonly position: number | undefined;
  /** How it may have been meant. */
  readonly hint: string | undefined;

  constructor(status: number, document: unknown) {
    const said = isRecord(document) ? document : {};
    super(typeof said["detail"] === "string" ? said["detail"] : `the server answered ${status}`);
    this.status = status;
    this.parameter = typeof said["parameter"] === "string" ? said["parameter"] : undefined;
    this.position = typeof said["position"] === "number" ? said["position"] : undefined;
    this.hint = typeof said["hint"] === "string" ? said["hint"] : undefined;
  }

  /** Reads the problem of a response that is not ok; a body that is none (a proxy's page) is left aside. */
  static async of(response: Response): Promise<Problem> {
    const document: unknown = await response.json().catch(() => null);
    return new Problem(response.status, document);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
