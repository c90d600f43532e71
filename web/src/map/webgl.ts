/** Whether this browser draws with WebGL, without which MapLibre draws nothing: a remote desktop or an old driver may not. */

export const hasWebGl: boolean = (() => {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
})();
