import { describe, expect, it } from "vitest";
import type { FusedPoint } from "../api/types";
import { courseInWords, courseOf, isOld, rangeOf, spansOf } from "./trend";

const NOON = Date.parse("2026-03-01T12:00:00Z");
const MINUTE = 60_000;

function point(minute: number, bpm: number, changes: Partial<FusedPoint> = {}): FusedPoint {
  return {
    at: new Date(NOON + minute * MINUTE).toISOString(),
    bpm,
    low: bpm - 3,
    high: bpm + 3,
    disagreement_bpm: null,
    disagrees: false,
    sources: [{ source: "monitor", device: "bed 4", bpm, quality: 0.9 }],
    ...changes,
  };
}

/** Two devices of which one counts twice the rate. */
function apart(minute: number, bpm: number, other: number): FusedPoint {
  const sources: FusedPoint["sources"] = [
    { source: "monitor", device: "bed 4", bpm, quality: 0.9 },
    { source: "rppg", device: "upload", bpm: other, quality: 0.8 },
  ];
  return point(minute, bpm, { disagrees: true, disagreement_bpm: Math.abs(bpm - other), sources, low: 20, high: 220 });
}

const rates = (stretches: { bpm: number }[][]) => stretches.map((stretch) => stretch.map(({ bpm }) => bpm));

describe("the course", () => {
  it("draws no line over a minute in which nothing was measured", () => {
    const { stretches } = courseOf([point(0, 70), point(1, 71), point(3, 80), point(63, 90), point(64, 91)]);
    expect(rates(stretches)).toEqual([[70, 71], [80], [90, 91]]);
  });

  it("draws no line through a minute in which sources disagree, and shows each of them", () => {
    const course = courseOf([point(0, 70), apart(1, 70, 140), point(2, 72)]);
    expect(rates(course.stretches)).toEqual([[70], [72]]);
    expect(course.apart.map(({ at, sources }) => [at, sources.map(({ bpm }) => bpm)])).toEqual([
      [NOON + MINUTE, [70, 140]],
    ]);
  });

  it("loses no point", () => {
    const points = [point(0, 70), apart(1, 70, 140), point(2, 72), point(9, 75)];
    const { stretches, apart: shown } = courseOf(points);
    expect(stretches.flat().length + shown.length).toBe(points.length);
  });
});

describe("the range", () => {
  it("holds every value and band in whole tens", () => {
    expect(rangeOf([point(0, 62), point(1, 128)])).toEqual([50, 140]);
    // Of what disagrees the values count: a band over both says nothing that is drawn.
    expect(rangeOf([apart(0, 60, 121)])).toEqual([60, 130]);
  });

  it("does not make a steady rate look wild", () => {
    const [low, high] = rangeOf([point(0, 70), point(1, 70.5)]);
    expect(high - low).toBeGreaterThanOrEqual(40);
    expect(rangeOf([point(0, 5)])[0]).toBe(0);
  });
});

it("says what is drawn, with the values of sources that disagree", () => {
  expect(courseInWords([point(0, 62), apart(1, 70, 140), point(2, 72.4)], 24)).toBe(
    "Heart rate over the last 24 hours: 62 to 140 bpm; measured in 3 of 1440 minutes; sources disagree in 1 minute",
  );
  expect(courseInWords([point(0, 62)], 1)).toBe(
    "Heart rate over the last hour: 62 to 62 bpm; measured in 1 of 60 minutes",
  );
});

it("sums up by spans, the newest first, without those in which nothing was measured", () => {
  const points = [point(-130, 60), point(0, 70), apart(1, 72, 144), point(59, 80), point(60, 90)];
  expect(spansOf(points, 24).map(({ start, ...span }) => [(start - NOON) / MINUTE, span])).toEqual([
    [60, { lowest: 90, highest: 90, minutes: 1, apart: 0 }],
    [0, { lowest: 70, highest: 144, minutes: 3, apart: 1 }],
    [-180, { lowest: 60, highest: 60, minutes: 1, apart: 0 }],
  ]);
  expect(spansOf([point(0, 70), point(5, 71)], 1).length).toBe(2);
  const days = Array.from({ length: 72 * 60 }, (_, minute) => point(minute, 70));
  expect(spansOf(days, 72).length).toBeLessThanOrEqual(25);
});

it("calls nothing present that is more than ten minutes old", () => {
  expect([0, 10, 10.1].map((minutes) => isOld(point(0, 70), NOON + minutes * MINUTE))).toEqual([false, false, true]);
});
