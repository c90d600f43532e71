/** A file that is dropped on the page, or chosen, is shown by it. What cannot be read is told. */

import { useEffect, useState } from "preact/hooks";
import { type Open, READ, showAll } from "./several";

interface Props {
  /** Opens a file and shows it. */
  open: Open;
}

export function DropFile({ open }: Props) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
    const onOver = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(false);
      void showAll([...(event.dataTransfer?.files ?? [])], open);
    };
    const listeners = [
      ["dragover", onOver],
      ["dragleave", onLeave],
      ["drop", onDrop],
    ] as const;
    for (const [name, listener] of listeners) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of listeners) window.removeEventListener(name, listener);
    };
  }, [open]);
  return over ? <p id="drop">Drop it to see it here. It stays on this device. {READ}.</p> : null;
}

/** The same without a drag. */
export function OpenFile({ open }: Props) {
  return (
    <label id="open-file" class="line">
      A file of this device
      <input
        type="file"
        accept=".csv,.tsv,.json,.geojson,.geojsonl,.ndjson,.arrow,.arrows,.feather,.ipc,.pmtiles"
        onChange={({ currentTarget }) => {
          const all = [...(currentTarget.files ?? [])];
          // The same file can be chosen again.
          currentTarget.value = "";
          void showAll(all, open);
        }}
      />
    </label>
  );
}
