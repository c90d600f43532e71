/** Says where what is on the map comes from: the server, this device, or a part of the data that is on this device. */

import type { Origin } from "duotile";
import { ago } from "./dom";
import { loaded } from "./load";
import { files, origin } from "./page";
import { type Data, isWell } from "./source";
import { active, state } from "./state";

export function sayOrigin(data: Data): void {
  const layer = active(state.peek());
  const told: Origin = loaded.peek()[layer?.id ?? ""]?.origin ?? { from: "server", partial: false };
  const { server, device, partial, subset = told.subset } = data.share();
  const taken = subset ? `, taken ${ago(subset.taken)}` : "";
  if (files.peek().has(layer?.dataset ?? "")) origin.value = { kind: "device", text: "A file of this device" };
  else if (!isWell(data)) {
    const state = data.source.busy ? "The server is busy" : "Offline";
    if (device === 0 && told.from === "server") {
      origin.value = { kind: "part", text: `${state}: what is here came before, and the rest is missing` };
      return;
    }
    const filter = subset && new URLSearchParams(subset.query).get("filter");
    const which = filter ? `: only ${filter}` : subset?.bbox ? ": only a box" : "";
    origin.value =
      partial > 0 || told.partial
        ? { kind: "part", text: `${state}, part of the data${which}${taken}` }
        : { kind: "device", text: `${state}, from this device${taken}` };
  } else if (device > 0) {
    const text = server > 0 ? "From this device and the server" : `From this device${taken}`;
    origin.value = { kind: "device", text };
  } else origin.value = { kind: "server", text: "From the server" };
}
