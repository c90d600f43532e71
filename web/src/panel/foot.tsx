/** What stands at the foot of the map. What MapLibre has there stands above it, so its height is told to the style sheet. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Foot({ children }: { children: ComponentChildren }) {
  const foot = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tell = () => {
      const height = foot.current?.offsetHeight ?? 0;
      document.documentElement.style.setProperty("--foot", `${height === 0 ? 0 : height + 8}px`);
    };
    const watch = new ResizeObserver(tell);
    if (foot.current) watch.observe(foot.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div id="foot" ref={foot}>
      {children}
    </div>
  );
}
