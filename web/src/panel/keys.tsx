/** For those who use the keyboard: the way past the panel, and which keys do what. */

import "./keys.css";
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { DataMap } from "../map/map";
import { redo, undo } from "../state";

const KEYS: readonly [string, string][] = [
  ["Tab", "to the next control; the map comes after the panel"],
  ["← ↑ → ↓", "on the map: move it"],
  ["+ −", "on the map: closer, farther"],
  ["Shift ← →", "on the map: turn it"],
  ["Shift ↑ ↓", "on the map: tilt it"],
  ["+ −", "on the window of time: the bar shows less, more; with Shift and ← →, earlier, later"],
  ["Shift drag", "on the bar of time: it shows what was drawn"],
  ["Enter", "on the map: what is nearest to its middle"],
  ["Esc", "close what is open"],
  ["Ctrl Z", "undo; with Shift, redo"],
  ["?", "these keys"],
];

const shown = signal(false);

/** Leads past the panel; seen when it has the focus. */
export function ToMap({ map }: Pick<DataMap, "map">) {
  return (
    <button type="button" id="to-map" onClick={() => map.getCanvas().focus()}>
      To the map
    </button>
  );
}

export function KeysButton() {
  return (
    <button
      type="button"
      id="keys-open"
      onClick={() => {
        shown.value = true;
      }}
    >
      Keys
    </button>
  );
}

export function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
      const typing =
        target instanceof Element &&
        target.matches("input:not([type=range], [type=radio], [type=checkbox]), textarea, select");
      if (typing || altKey) return;
      if (key === "?" && !ctrlKey && !metaKey) shown.value = true;
      if (key.toLowerCase() === "z" && (ctrlKey || metaKey)) {
        event.preventDefault();
        if (shiftKey) redo();
        else undo();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const open = shown.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const hide = () => {
    shown.value = false;
  };
  return (
    <dialog id="keys" ref={dialog} aria-labelledby="keys-title" onClose={hide}>
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={hide}>
        Close
      </button>
    </dialog>
  );
}
