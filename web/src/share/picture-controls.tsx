/** The view as a picture. */

import { useState } from "preact/hooks";
import { bytes } from "../dom";
import { nameOf, notesOf } from "./notes";
import { annotate, png, shoot } from "./picture";
import { fileName, save } from "./save";
import type { Shown } from "./shown";

export function PictureControls({ map }: Shown) {
  const [noted, note] = useState(true);
  const [said, say] = useState("");
  const take = async () => {
    try {
      say("Waiting for the map…");
      const picture = await shoot(map);
      if (noted) annotate(picture, notesOf(map), picture.width / map.getCanvas().clientWidth);
      const file = await png(picture);
      const name = fileName(nameOf(), "png");
      save(file, name);
      say(`${name}: ${picture.width} × ${picture.height} pixels, ${bytes(file.size)}.`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <h2>Picture</h2>
      <label class="check">
        <input type="checkbox" id="noted" checked={noted} onChange={() => note(!noted)} /> With title, legend and
        sources
      </label>
      <div class="buttons">
        <button type="button" id="png" onClick={take}>
          Save as PNG
        </button>
      </div>
      <p id="png-said" role="status">
        {said}
      </p>
    </>
  );
}
