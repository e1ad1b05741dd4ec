import type { RiskSummary } from "../../api/types";
import { percent } from "../../ui/format";
import { LEVEL_NAMES, type Shown, shownLevel } from "../level";

/** One assessment as a point of the course. */
export interface Moment {
  /** Milliseconds since 1970. */
  at: number;
  score: number;
  level: Shown;
  expansion: number | null;
}

/** The course of a patient's risk, the oldest first, from summaries in any order. */
export function courseOf(risks: readonly RiskSummary[]): Moment[] {
  return risks
    .map(({ created_at, score, level, confidence, expansion }) => ({
      at: Date.parse(created_at),
      score,
      level: shownLevel(level, confidence),
      expansion,
    }))
    .sort((a, b) => a.at - b.at);
}

/** A course in a sentence, for whoever does not see it: `Bedside score from 48 to 100, lowest 48, highest 100, …`. */
export function scoreInWords(course: readonly Moment[]): string {
  const scores = course.map(({ score }) => score);
  const last = course.at(-1);
  const level = last ? LEVEL_NAMES[last.level] : "unknown";
  return `Bedside score ${span(scores, (score) => score.toFixed(0))}; level at the end: ${level}`;
}

/** The same of P(haematoma expansion), which may be unknown at times. */
export function expansionInWords(course: readonly Moment[]): string {
  const known = course.map(({ expansion }) => expansion).filter((value) => value !== null);
  if (known.length === 0) return "Probability of haematoma expansion: never computable";
  return `Probability of haematoma expansion ${span(known, percent)}`;
}

function span(values: readonly number[], text: (value: number) => string): string {
  const [first, last] = [values[0] ?? 0, values.at(-1) ?? 0];
  const extremes = `lowest ${text(Math.min(...values))}, highest ${text(Math.max(...values))}`;
  return `from ${text(first)} to ${text(last)} within ${values.length} assessments, ${extremes}`;
}
