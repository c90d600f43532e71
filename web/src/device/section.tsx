/** The part of the panel about this device. Its marks are here, what they do in `device.ts`, which takes hold of them once. */

import { useEffect } from "preact/hooks";
import { Section } from "../panel/section";
import { OpenFile } from "./drop";
import type { Open } from "./several";

interface Props {
  /** Called when the marks are there. */
  mounted: () => void;
  /** Opens a file of this device and shows it. */
  open: Open;
}

export function DeviceSection({ mounted, open }: Props) {
  useEffect(mounted, []);
  return (
    <Section id="device" title="On this device" note={<span id="kept-sum" />}>
      <OpenFile open={open} />
      <form id="take">
        <fieldset id="extent">
          <legend>Take these rows along</legend>
          <label>
            <input type="radio" name="extent" value="all" defaultChecked /> <span id="extent-all">All rows</span>
          </label>
          <label>
            <input type="radio" name="extent" value="view" /> <span id="extent-view">Those in view</span>
          </label>
        </fieldset>
        <div class="act">
          <button id="take-start" class="main" type="submit">
            Take offline
          </button>
          <span id="take-size" />
        </div>
      </form>
      <p id="closed" hidden />
      <div id="taking" hidden>
        <progress id="taking-bar" aria-label="Taking offline" />
        <div class="act">
          <button id="taking-cancel" type="button">
            Cancel
          </button>
          <span id="taking-size" />
        </div>
      </div>
      <p id="device-said" role="status" hidden />
      <p id="device-error" role="alert" hidden />
      <ul id="kept" aria-label="Taken offline" />
      <p id="room" />
    </Section>
  );
}
