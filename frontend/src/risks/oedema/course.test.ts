import { expect, it } from "vitest";
import type { OedemaCourse, OedemaCurves } from "../../api/types";
import { courseInWords, hoursInWords, polynomialsOf, spanOf, subgroupsOf, topOf, within } from "./course";

const COURSE: OedemaCourse = {
  status: "computed",
  measured: [
    { hours_from_onset: 2, oedema_ml: 5 },
    { hours_from_onset: 26, oedema_ml: 14 },
  ],
  expected: [
    { hours_from_onset: 26, median_ml: 13.59, band_80_ml: [8.66, 20.09], band_95_ml: [6.62, 24.25] },
    { hours_from_onset: 504, median_ml: 6.09, band_80_ml: [0.26, 27.31], band_95_ml: [0, 48.18] },
  ],
  not_used: [],
  model: { name: "shape", version: "1" },
};
const CURVES = {
  polynomials: { hours: [0, 40, 80], cubic_ml: [20, 30, 40], quartic_ml: [10, 20, 0] },
  subgroups: [
    { patients: 17, hours: [0, 504], volume_ml: [2, 5] },
    { patients: 45, hours: [0, 504], volume_ml: [10, 30] },
  ],
} as unknown as OedemaCurves;

it("spans from the onset to the end of what is expected, and holds the widest band", () => {
  expect(spanOf(COURSE)).toEqual([0, 504]);
  expect(spanOf({ ...COURSE, expected: [] })).toEqual([0, 168]);
  expect(topOf(COURSE)).toBeGreaterThanOrEqual(48.18);
});

it("says what is drawn", () => {
  expect(courseInWords(COURSE)).toBe(
    "Oedema measured: 5.0 mL at 2 h, 14.0 mL at 26 h; expected at day 21: 6.1 mL (80 % band 0.3 to 27.3 mL)",
  );
  expect([2.04, 47.9, 48, 100].map(hoursInWords)).toEqual(["2 h", "47.9 h", "day 2", "day 4.2"]);
});

it("cuts a curve of the cohort where the chart ends", () => {
  const [cubic] = polynomialsOf(CURVES);
  expect(cubic && within(cubic, 60).points).toEqual([
    { hours: 0, ml: 20 },
    { hours: 40, ml: 30 },
    { hours: 60, ml: 35 },
  ]);
  expect(cubic && within(cubic, 80).points).toHaveLength(3);
  expect(cubic && within(cubic, 900).points).toHaveLength(3);
});

it("names the groups with their size", () => {
  expect(subgroupsOf(CURVES).map(({ name }) => name)).toEqual([
    "Group 1 of 2 (17 patients)",
    "Group 2 of 2 (45 patients)",
  ]);
});
