import type { OedemaCourse, OedemaCurves } from "../../api/types";
import { millilitres } from "../../ui/format";
import { roundUp } from "../../ui/chart/scale";

/** A curve over hours from onset, with the class that draws it. */
export interface Curve {
  name: string;
  look: string;
  points: { hours: number; ml: number }[];
}

const LEAST_DAYS = 7;

/** The hours from onset that a patient's chart spans: from the onset to the end of what is expected. */
export function spanOf({ measured, expected }: OedemaCourse): readonly [number, number] {
  const last = Math.max(measured.at(-1)?.hours_from_onset ?? 0, expected.at(-1)?.hours_from_onset ?? 0);
  return [0, Math.max(LEAST_DAYS * 24, last)];
}

/** Up to the 95 % band, so that nothing of the patient is cut off; curves of the cohort may leave the chart. */
export function topOf({ measured, expected }: OedemaCourse): number {
  const volumes = [...measured.map(({ oedema_ml }) => oedema_ml), ...expected.flatMap(({ band_95_ml }) => band_95_ml)];
  return roundUp(Math.max(...volumes));
}

/** The paper's polynomials: the same volume for every patient. */
export function polynomialsOf({ polynomials: { hours, cubic_ml, quartic_ml } }: OedemaCurves): Curve[] {
  return [
    { name: "Cohort, cubic", look: "cubic", points: zipped(hours, cubic_ml) },
    { name: "Cohort, quartic", look: "quartic", points: zipped(hours, quartic_ml) },
  ];
}

/** The courses of the cohort's groups, by rising volume. */
export function subgroupsOf({ subgroups }: OedemaCurves): Curve[] {
  return subgroups.map(({ patients, hours, volume_ml }, place) => ({
    name: `Group ${place + 1} of ${subgroups.length} (${patients} patients)`,
    look: `group group-${place + 1}`,
    points: zipped(hours, volume_ml),
  }));
}

/** The part of a curve that lies within a chart; where it leaves, it is cut at the border between two points. */
export function within(curve: Curve, lastHour: number): Curve {
  const inside = curve.points.filter(({ hours }) => hours <= lastHour);
  const [before, after] = [inside.at(-1), curve.points[inside.length]];
  if (!before || !after || before.hours === lastHour) return { ...curve, points: inside };
  const share = (lastHour - before.hours) / (after.hours - before.hours);
  const border = { hours: lastHour, ml: before.ml + share * (after.ml - before.ml) };
  return { ...curve, points: [...inside, border] };
}

/** What the chart says, for whoever does not see it. */
export function courseInWords({ measured, expected }: OedemaCourse): string {
  const exams = measured.map(
    ({ oedema_ml, hours_from_onset }) => `${millilitres(oedema_ml)} at ${hoursInWords(hours_from_onset)}`,
  );
  const end = expected.at(-1);
  const expects = end
    ? `; expected at ${hoursInWords(end.hours_from_onset)}: ${millilitres(end.median_ml)} (80 % band ${bandInWords(end.band_80_ml)})`
    : "";
  return `Oedema measured: ${exams.join(", ")}${expects}`;
}

/** Hours until the second day, days from then on: `26 h`, `day 7`. */
export function hoursInWords(hours: number): string {
  return hours < 48 ? `${Number(hours.toFixed(1))} h` : `day ${Number((hours / 24).toFixed(1))}`;
}

/** `8.7 to 20.1 mL`. */
export function bandInWords(band: readonly number[]): string {
  return `${band.map((volume) => volume.toFixed(1)).join(" to ")} mL`;
}

function zipped(hours: number[], volumes: number[]) {
  return hours.map((hour, n) => ({ hours: hour, ml: volumes[n] ?? Number.NaN }));
}
