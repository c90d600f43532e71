/** Areas on the map: drawn while they are, outlined while the filter asks for them; and what is said of the drawing meanwhile. */

import { useSignalEffect } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import { folded } from "../page";
import { active } from "../state";
import { areasOf, edited, putArea, tool } from "./areas";
import { type Drawing, drawArea } from "./draw";
import { makeOutlines } from "./outline";
import { type Area, type AreaKind, type Position, ringOf } from "./shape";

const HINTS: Readonly<Record<AreaKind, string>> = {
  rectangle: "Drag from corner to corner.",
  circle: "Drag from the middle outwards.",
  polygon: "Click each corner, and the first again to end.",
};

let gestures = 0;

export function AreaLayer({ map }: { map: MapLibre }) {
  const outlines = useRef<ReturnType<typeof makeOutlines>>(undefined);
  const drawing = useRef<Drawing>(undefined);
  const [draft, setDraft] = useState<{ area?: Area | undefined; line: readonly Position[] }>({ line: [] });
  const [moved, setMoved] = useState<Area>();
  const kind = tool.value;
  const asked = areasOf(active()?.filter ?? "");
  const held = asked.find(({ text }) => text === edited.value);
  useEffect(() => {
    outlines.current = makeOutlines(map);
    return () => outlines.current?.remove();
  }, [map]);
  useEffect(() => {
    if (!kind) return;
    folded.value += 1;
    const show = (area: Area | undefined, line: readonly Position[]) => setDraft({ area, line: [...line] });
    const done = (area: Area | undefined) => {
      tool.value = undefined;
      if (area) putArea(area);
    };
    drawing.current = drawArea(map, kind, { show, done });
    return () => {
      drawing.current?.end();
      setDraft({ line: [] });
    };
  }, [kind, map]);
  const gesture = useRef("");
  useEffect(() => {
    const others = asked.filter((each) => each !== held).map(({ area }) => area);
    const now = moved ?? held?.area;
    outlines.current?.draw({
      areas: draft.area ? [draft.area] : [...others, ...(now ? [now] : [])],
      line: draft.area ? [] : draft.line,
      edited: kind ? undefined : held?.area,
      change: (area, last) => {
        setMoved(last ? undefined : area);
        if (!gesture.current) gesture.current = `move ${++gestures}`;
        if (!last) return;
        putArea(area, held?.text, gesture.current);
        gesture.current = "";
      },
    });
  });
  // Another layer, or a filter without it: nothing is edited any more.
  useSignalEffect(() => {
    const there = areasOf(active()?.filter ?? "").some(({ text }) => text === edited.value);
    if (edited.value !== undefined && !there) edited.value = undefined;
  });
  if (!kind) return null;
  const corners = draft.area ? ringOf(draft.area).length : 0;
  return (
    <div id="area-bar">
      <span role="status">{HINTS[kind]}</span>
      {kind === "polygon" && (
        <button type="button" disabled={corners < 3} onClick={() => drawing.current?.finish()}>
          Done
        </button>
      )}
      <button
        type="button"
        onClick={() => {
          tool.value = undefined;
        }}
      >
        Cancel
      </button>
    </div>
  );
}
