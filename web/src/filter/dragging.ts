/** What goes on with brushes, for those who ask for data. */

import { signal } from "@preact/signals";

/** Whether a brush is being moved: what can wait until it rests, waits. */
export const dragging = signal(false);

/** The filter that a brush wrote last. It is known to be right, so that tiles need not wait for the server to read it. */
export const brushed = signal("");
