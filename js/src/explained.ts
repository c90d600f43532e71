/** Why the module does not start, for those whose page forbids it. Loaded when it does not. */

/** A policy's refusal is told with what would allow it. */
export function explained(error: unknown): unknown {
  const said = error instanceof Error ? error.message : String(error);
  if (!/content.security.policy|unsafe-eval|blocked by csp/i.test(said)) return error;
  return new Error(
    "the page's Content-Security-Policy forbids WebAssembly; allow it with script-src 'wasm-unsafe-eval' " +
      `(the browser said: ${said})`,
    { cause: error },
  );
}
