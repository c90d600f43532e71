/** A part of the panel that folds. */

import type { ComponentChildren } from "preact";

interface Props {
  id: string;
  title: string;
  /** What is told beside the title, also while it is folded. */
  note?: ComponentChildren;
  open?: boolean;
  onOpen?: () => void;
  onFold?: () => void;
  children: ComponentChildren;
}

export function Section({ id, title, note, open = false, onOpen, onFold, children }: Props) {
  return (
    <details
      id={id}
      class="section"
      open={open}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) onOpen?.();
        else onFold?.();
      }}
    >
      <summary>
        {title} <span class="note">{note}</span>
      </summary>
      {children}
    </details>
  );
}
