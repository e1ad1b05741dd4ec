import { expect, it } from "vitest";
import { bandInWords, calibrationInWords, pointsOf, seenInWords } from "./wording";

const BANDS = [
  {
    low: 0.1,
    high: 0.2,
    count: 5,
    uncertain: 1,
    predicted_mean: 0.15,
    seen: { value: 0.4, low: 0.118, high: 0.769 },
  },
  { low: 0.2, high: 0.3, count: 0, uncertain: 2, predicted_mean: null, seen: null },
];

it("tells a share only with its interval", () => {
  expect(seenInWords(BANDS[0]?.seen ?? null)).toBe("40 % (12 % to 77 %)");
  expect(seenInWords(null)).toBe("—");
});

it("draws no point for a band without a judged prediction", () => {
  expect(pointsOf(BANDS)).toEqual([{ predicted: 0.15, value: 0.4, low: 0.118, high: 0.769, count: 5 }]);
});

it("says what is drawn", () => {
  expect(bandInWords({ ...BANDS[0]!, low: 0, high: 0.1 })).toBe("0 to 10 %");
  expect(calibrationInWords(BANDS)).toBe(
    "Expansion predicted against seen: predicted 15 %, expanded 40 % (12 % to 77 %) of 5",
  );
});
