import type { CalibrationBand } from "../../api/types";
import { percent } from "../../ui/format";

/** A share with its interval: `40 % (12 % to 77 %)`; a dash without any case. */
export function seenInWords(seen: CalibrationBand["seen"]): string {
  return seen ? `${percent(seen.value)} (${percent(seen.low)} to ${percent(seen.high)})` : "—";
}

/** The bounds of a band: `10 to 20 %`. */
export function bandInWords({ low, high }: CalibrationBand): string {
  return `${Math.round(low * 100)} to ${Math.round(high * 100)} %`;
}

/** Bands that hold a prediction, as points with the interval of what was seen. */
export function pointsOf(bands: readonly CalibrationBand[]) {
  return bands.flatMap(({ predicted_mean, seen, count }) =>
    predicted_mean !== null && seen ? [{ predicted: predicted_mean, ...seen, count }] : [],
  );
}

/** The plot in a sentence, for whoever does not see it. */
export function calibrationInWords(bands: readonly CalibrationBand[]): string {
  const points = pointsOf(bands).map(
    ({ predicted, count, ...seen }) => `predicted ${percent(predicted)}, expanded ${seenInWords(seen)} of ${count}`,
  );
  return `Expansion predicted against seen: ${points.join("; ")}`;
}
