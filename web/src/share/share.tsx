/** What can be passed on of the view: its address, those of its data, its rows, a picture, a moving picture, a page. */

import "./share.css";
import { loaded } from "../load";
import { files, origin, status } from "../page";
import { active, state } from "../state";
import { FilmControls } from "./film-controls";
import { LinkList } from "./link-list";
import { PictureControls } from "./picture-controls";
import { RowsControls } from "./rows-controls";
import type { Shown } from "./shown";
import { SnapshotControls } from "./snapshot-controls";
import { TilesControls } from "./tiles-controls";

export function Share(shown: Shown) {
  const layer = active(state.value);
  const known = layer && loaded.value[layer.id];
  // With every answer, and with every failure, it is known anew whether the server is there.
  void [origin.value, status.value];
  const online = shown.source.reachable && !files.value.has(layer?.dataset ?? "");
  return (
    <div id="sharing" class="controls">
      <LinkList source={shown.source} known={known} online={online} />
      {known?.dataset && <RowsControls source={shown.source} dataset={known.dataset} known={known} online={online} />}
      {known?.dataset && !known.dataset.archive && (
        <TilesControls key={known.dataset.id} {...shown} dataset={known.dataset} known={known} online={online} />
      )}
      <PictureControls {...shown} />
      <FilmControls {...shown} />
      <SnapshotControls {...shown} />
    </div>
  );
}
