/** Whose hours, weekdays and months are meant: a dataset's own clock, that of a place, or one so far from UTC. */

import { signal } from "@preact/signals";
import type { Dataset } from "duotile";

/** Distances from UTC that clocks somewhere have. */
const ZONES = [
  ...["-12:00", "-11:00", "-10:00", "-09:30", "-09:00", "-08:00", "-07:00", "-06:00", "-05:00", "-04:00", "-03:30"],
  ...["-03:00", "-02:00", "-01:00", "+01:00", "+02:00", "+03:00", "+03:30", "+04:00", "+04:30", "+05:00", "+05:30"],
  ...["+05:45", "+06:00", "+06:30", "+07:00", "+08:00", "+08:45", "+09:00", "+09:30", "+10:00", "+10:30", "+11:00"],
  ...["+12:00", "+12:45", "+13:00", "+14:00"],
];

/** Zones by the names of their places, as far as this browser knows them. */
const PLACES = Intl.supportedValuesOf?.("timeZone") ?? [];

/** The clock of whoever looks at the page. */
const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A clock as people name it; that of the dataset without one. */
export const clockOf = (zone: string, { zone: its = "UTC" }: Pick<Dataset, "zone">): string =>
  zone === "" ? its : /^[+-]/.test(zone) ? `UTC${zone.replace("-", "−")}` : zone;

/** The clock that was chosen last. */
export const lastZone = signal("");

interface Props {
  label: string;
  /** As filters have it; the dataset's own if empty. */
  zone: string;
  dataset: Dataset;
  choose: (zone: string) => void;
}

export function ClockSelect({ label, zone, dataset, choose }: Props) {
  const option = (each: string) => (
    <option key={each} value={each}>
      {clockOf(each, dataset)}
    </option>
  );
  return (
    <label class="line">
      Clock
      <select aria-label={label} value={zone} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {[...new Set(["", "UTC", own, zone])]
          .filter((each) => each === "" || each !== (dataset.zone ?? "UTC"))
          .map(option)}
        <optgroup label="Places">
          {PLACES.filter((each) => ![own, zone, dataset.zone].includes(each)).map(option)}
        </optgroup>
        <optgroup label="Distances from UTC">{ZONES.filter((each) => each !== zone).map(option)}</optgroup>
      </select>
    </label>
  );
}
