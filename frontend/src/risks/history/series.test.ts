import { expect, it } from "vitest";
import type { RiskSummary } from "../../api/types";
import { courseOf, expansionInWords, scoreInWords } from "./series";

const risk = (created_at: string, score: number, expansion: number | null): RiskSummary => ({
  id: created_at,
  created_at,
  level: score >= 60 ? "red" : "green",
  score,
  confidence: 0.5,
  expansion,
  disabled: null,
});

const newestFirst = [
  risk("2026-03-01T12:00:00Z", 100, null),
  risk("2026-03-01T11:00:00Z", 20, 0.3),
  risk("2026-03-01T10:00:00Z", 48.4, 0.07),
];

it("runs from the oldest to the newest", () => {
  expect(courseOf(newestFirst).map(({ score }) => score)).toEqual([48.4, 20, 100]);
});

it("says what is drawn", () => {
  const course = courseOf(newestFirst);
  expect(scoreInWords(course)).toBe(
    "Bedside score from 48 to 100 within 3 assessments, lowest 20, highest 100; level at the end: Red",
  );
  expect(expansionInWords(course)).toBe(
    "Probability of haematoma expansion from 7 % to 30 % within 2 assessments, lowest 7 %, highest 30 %",
  );
});

it("does not take what was never computable for a low probability", () => {
  expect(expansionInWords(courseOf([risk("2026-03-01T10:00:00Z", 1, null)]))).toContain("never computable");
});
