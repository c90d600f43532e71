/**
 * The frames of the animation, for who wants them one by one: a film of the map. `hold` first, then `showFrame` each,
 * `restore` at last, whatever happened between.
 */

import type { Window } from "./calendar";
import type { Player } from "./player";

let player: Player | undefined;

/** Says who plays. */
export function setPlayer(one: Player): void {
  player = one;
}

/** The windows of time of the present animation; none if no layer with times is shown. */
export function frames(): readonly Window[] {
  return player?.frames() ?? [];
}

/**
 * Resolves when a frame of the animation is completely drawn; the animation stands still there. Rejects when a part of it
 * could not be loaded, or with the signal.
 */
export async function showFrame(index: number, signal?: AbortSignal): Promise<void> {
  if (!player) throw new Error("there is nothing to play yet");
  await player.showFrame(index, signal);
}

/** Ends what `showFrame` began: the map shows again what it showed before. */
export function restore(): void {
  player?.restore();
}
