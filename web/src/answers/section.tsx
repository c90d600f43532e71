/** The part of the panel that answers what people ask of a view. What it does is loaded when it is first unfolded. */

import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { Section } from "../panel/section";
import type { Shown } from "../share/shown";

export function AnswersSection(shown: Shown) {
  const [Body, setBody] = useState<ComponentType<Shown>>();
  const [problem, setProblem] = useState("");
  const load = () => {
    if (Body) return;
    import("./places").then(
      ({ Places }) => setBody(() => Places),
      () => setProblem("This part of the page could not be loaded: the server does not answer."),
    );
  };
  return (
    <Section id="answers" title="Densest, greatest, rows" onOpen={load}>
      {Body ? <Body {...shown} /> : <p role="status">{problem}</p>}
    </Section>
  );
}
