/** The part of the panel about passing on what is seen. What it does is loaded when it is first unfolded. */

import type { Source } from "duotile";
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import type { Drawable } from "../map/layers";
import type { DataMap } from "../map/map";
import { Section } from "../panel/section";

/** What the page hands to those who share it. */
export interface Shown {
  map: DataMap["map"];
  source: Source;
  /** What is on the map, the last on top. */
  drawables: () => readonly Drawable[];
}

export function ShareSection(shown: Shown) {
  const [Body, setBody] = useState<ComponentType<Shown>>();
  const [problem, setProblem] = useState("");
  const load = () => {
    if (Body) return;
    import("./share").then(
      ({ Share }) => setBody(() => Share),
      () => setProblem("This part of the page could not be loaded: the server does not answer."),
    );
  };
  return (
    <Section id="share" title="Share" onOpen={load}>
      {Body ? <Body {...shown} /> : <p role="status">{problem}</p>}
    </Section>
  );
}
