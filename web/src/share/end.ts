/** What is being made ends with the controls that could stop it, which go when the panel is about another dataset. That is told. */

import { useEffect, useRef } from "preact/hooks";
import { say } from "../page";

/** `what` is made while there is what stops it. */
export function useEnd(stop: AbortController | undefined, what: string): void {
  const now = useRef({ stop, what });
  now.current = { stop, what };
  useEffect(
    () => () => {
      const { stop, what } = now.current;
      if (!stop || stop.signal.aborted) return;
      stop.abort();
      say(`${what} were given up: something else was chosen.`);
    },
    [],
  );
}
