/** Whether a brush is being moved: what can wait until it rests, waits. */

import { signal } from "@preact/signals";

export const dragging = signal(false);
