/** The part of the panel about passing on what is seen. What it does is loaded when it is first unfolded. */

import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { Section } from "../panel/section";
import type { Shown } from "./shown";

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
