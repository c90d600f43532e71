/**
 * The one place that imports the WebAssembly module's glue, when it is first needed. Given nothing, the module comes out
 * of a chunk of JavaScript, so that no bundler has to know of it and nothing is fetched.
 */

/** Where the WebAssembly module is: an address, an answer to a request for it, its bytes, or the module itself. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

/** The class of the module. @internal */
export type CoreClass = typeof import("../../wasm/pkg/duotile_wasm.js").Tiler;

/** @internal */
export type Core = InstanceType<CoreClass>;

let loading: Promise<CoreClass> | undefined;

/** The class of the module, which is loaded once; a load that failed may be tried again. @internal */
export function load(source?: WasmSource): Promise<CoreClass> {
  loading ??= start(source).catch(async (error: unknown) => {
    loading = undefined;
    throw (await import("./explained.js")).explained(error);
  });
  return loading;
}

async function start(source: WasmSource | undefined): Promise<CoreClass> {
  const { default: init, Tiler } = await import("../../wasm/pkg/duotile_wasm.js");
  await init({ module_or_path: await found(source ?? (await embedded())) });
  return Tiler;
}

/** The bytes of the module that the package carries. @internal */
export async function embedded(): Promise<Uint8Array<ArrayBuffer>> {
  const { default: base64 } = await import("./wasm-inline.js");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

async function found(source: WasmSource): Promise<Response | BufferSource | WebAssembly.Module> {
  if (!(typeof source === "string" || source instanceof URL)) return source;
  let response: Response;
  try {
    response = await fetch(source);
  } catch (error) {
    throw new Error(`the WebAssembly module at ${source} cannot be fetched: ${(error as Error).message}`);
  }
  if (response.ok) return response;
  throw new Error(`the WebAssembly module at ${source} was answered ${response.status}, expected duotile.wasm`);
}
