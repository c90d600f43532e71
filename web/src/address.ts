/** What the page's address remembers after its `#`, beside the view that the map keeps there: dataset and filter. */

export interface Place {
  dataset?: string;
  filter?: string;
}

/** The name under which the map keeps its view. */
export const VIEW = "view";

function read(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

export function place(): Place {
  const here = read();
  const [dataset, filter] = [here.get("dataset"), here.get("filter")];
  return { ...(dataset ? { dataset } : {}), ...(filter ? { filter } : {}) };
}

/** Whether the address says where to look. */
export function hasView(): boolean {
  return read().has(VIEW);
}

/** Writes dataset and filter without a new entry in the history. */
export function remember({ dataset, filter }: Place): void {
  const view = read().get(VIEW);
  const pairs = Object.entries({ [VIEW]: view, dataset, filter })
    .filter(([, value]) => value)
    // The map writes slashes into its view, and reads them there.
    .map(([name, value]) => `${name}=${name === VIEW ? value : encodeURIComponent(value ?? "")}`);
  history.replaceState(history.state, "", `#${pairs.join("&")}`);
}
