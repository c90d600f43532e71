/** The areas of a filter in the panel: drawn on the map, taken from the view, or typed; each changed or taken out again. */

import "./area.css";
import { useState } from "preact/hooks";
import { sentence } from "../dom";
import { Icon } from "../panel/icon";
import { active } from "../state";
import { areasOf, edited, putArea, tool } from "./areas";
import { type Area, type AreaKind, parseTyped, said, TYPED, typedOf } from "./shape";

const KINDS: readonly [AreaKind, string][] = [
  ["rectangle", "Rectangle"],
  ["circle", "Circle"],
  ["polygon", "Polygon"],
];

/** `inView` is the area that the map shows. */
export function AreaControls({ inView }: { inView: () => Area }) {
  const layer = active();
  // What is typed is of this layer of this dataset.
  const about = `${layer?.id} ${layer?.dataset}`;
  const [typed, setTyped] = useState("");
  const typing = typed === about;
  const setTyping = (on: boolean) => setTyped(on ? about : "");
  const areas = areasOf(layer?.filter ?? "");
  const held = areas.find(({ text }) => text === edited.value);
  return (
    <div id="areas">
      <fieldset class="tools">
        <legend class="unseen">Only in an area</legend>
        <span aria-hidden="true">Area</span>
        {KINDS.map(([kind, title]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={tool.value === kind}
            title={`Draw a ${kind} on the map: only what is in it passes`}
            onClick={() => {
              edited.value = undefined;
              tool.value = tool.value === kind ? undefined : kind;
            }}
          >
            {title}
          </button>
        ))}
        <button type="button" id="area-view" title="Only what is in view now passes" onClick={() => putArea(inView())}>
          View
        </button>
        <button
          type="button"
          id="area-type"
          aria-expanded={typing}
          title="An area by its coordinates"
          onClick={() => setTyping(!typing)}
        >
          Type…
        </button>
      </fieldset>
      {(typing || held) && (
        <Typed
          key={held?.text ?? ""}
          area={held?.area}
          put={(area) => {
            putArea(area, held?.text);
            setTyping(false);
          }}
        />
      )}
      {areas.length > 0 && (
        <ul class="chips" aria-label="Areas">
          {areas.map(({ area, text }) => (
            <li key={text}>
              <span>{said(area)}</span>
              <button
                type="button"
                class="link"
                aria-pressed={text === edited.value}
                onClick={() => {
                  edited.value = text === edited.value ? undefined : text;
                }}
              >
                {text === edited.value ? "Done" : "Edit"}
              </button>
              <button type="button" aria-label={`Remove ${said(area)}`} onClick={() => putArea(undefined, text)}>
                <Icon name="cross" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** An area by its coordinates: a new one, or the one that is edited. */
function Typed({ area, put }: { area: Area | undefined; put: (area: Area) => void }) {
  const [kind, setKind] = useState<AreaKind>(area?.kind ?? "rectangle");
  const [text, setText] = useState(area ? typedOf(area) : "");
  const [wrong, setWrong] = useState("");
  return (
    <form
      class="typed"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          put(parseTyped(kind, text));
          setWrong("");
        } catch (error) {
          setWrong(sentence(error instanceof Error ? error.message : String(error)));
        }
      }}
    >
      <select
        aria-label="Kind of area"
        value={kind}
        onChange={({ currentTarget }) => setKind(currentTarget.value as AreaKind)}
      >
        {KINDS.map(([each, title]) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
      <input
        type="text"
        id="area-text"
        aria-label="Coordinates of the area"
        aria-invalid={wrong ? "true" : undefined}
        aria-describedby="area-wrong"
        placeholder={TYPED[kind]}
        title={TYPED[kind]}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit">Apply</button>
      <p id="area-wrong" class="wrong" role="alert" hidden={wrong === ""}>
        {wrong}
      </p>
    </form>
  );
}
