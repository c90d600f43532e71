import { retryAfter } from "./ask.js";

/** A refusal of the server (RFC 9457) or of a tiler, with where in which parameter it lies. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** The HTTP status; a tiler has those of a server. */
  readonly status: number;
  /** The parameter at fault. */
  readonly parameter: string | undefined;
  /** Characters (Unicode scalars) before the fault in that parameter's text. */
  readonly position: number | undefined;
  /** How it may have been meant. */
  readonly hint: string | undefined;
  /** How long a server that is busy wants to be left alone, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, document: unknown, retryAfter?: number) {
    const said = isRecord(document) ? document : {};
    super(typeof said["detail"] === "string" ? said["detail"] : `the server answered ${status}`);
    this.status = status;
    this.parameter = typeof said["parameter"] === "string" ? said["parameter"] : undefined;
    this.position = typeof said["position"] === "number" ? said["position"] : undefined;
    this.retryAfter = retryAfter;
    this.hint = typeof said["hint"] === "string" ? said["hint"] : undefined;
  }

  /** Reads the problem of a response that is not ok; a body that is none (a proxy's page) is left aside. */
  static async of(response: Response): Promise<Problem> {
    const document: unknown = await response.json().catch(() => null);
    return new Problem(response.status, document, retryAfter(response.headers));
  }

  /** What the module threw as a problem if it names a parameter; any other error as it is. @internal */
  static from(error: unknown): unknown {
    return error instanceof Error && "parameter" in error ? new Problem(400, error) : error;
  }

  /** All of it in one line, for those who only show a message. */
  get line(): string {
    const place = this.position === undefined ? "" : `, character ${this.position + 1}`;
    const where = this.parameter === undefined ? "" : `${this.parameter}${place}: `;
    return `${where}${this.message}${this.hint === undefined ? "" : ` (${this.hint})`}`;
  }
}

/** An error whose message says where it lies, for those who show nothing else, as MapLibre does. @internal */
export function inOneLine(error: unknown): unknown {
  if (error instanceof Problem) error.message = error.line;
  return error;
}

/** A server that could not be reached, or broke off. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** The module or its worker broke: what it held is gone. */
export class Crash extends Error {
  override readonly name = "Crash";

  /** What broke while doing what. @internal */
  static of(doing: string, cause: unknown): Crash {
    const said = cause instanceof Error ? cause.message : String(cause);
    const memory = /memory|allocat|unreachable|Invalid typed array length/i.test(said);
    const advice = memory ? "; it may have run out of memory: give fewer rows or columns" : "";
    return new Crash(`${doing} broke (${said})${advice}`, { cause });
  }
}

/** Errors of the module are told as a server's; one that broke the module is a {@link Crash}. @internal */
export function guarded<T>(run: () => T, doing = "the module"): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw Crash.of(doing, error);
    throw Problem.from(error);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
