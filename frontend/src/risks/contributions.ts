import type { Contribution } from "../api/types";

/** What adds to a risk or takes away from it, sorted by how it is shown. */
export interface Shown {
  /** The largest, in their order. */
  main: Contribution[];
  /** Those that change little, in their order. */
  minor: Contribution[];
  /** The names of what is not known and therefore adds nothing. */
  unknown: string[];
  /** The largest size, which fills a bar; 0 when nothing adds anything. */
  largest: number;
}

/** Below this part of the largest contribution, a bar is a few pixels. */
const LEAST_PART = 0.1;
/** More than a glance takes in. */
const MOST_MAIN = 7;

/** Splits contributions into what is shown at once, what is folded away, and what was not known. */
export function arranged(contributions: readonly Contribution[]): Shown {
  const known = contributions.filter((part) => part.known).sort((a, b) => size(b) - size(a));
  const largest = size(known[0]);
  const isMain = (part: Contribution) => size(part) > 0 && size(part) >= LEAST_PART * largest;
  const main = known.filter(isMain).slice(0, MOST_MAIN);
  return {
    main,
    minor: known.slice(main.length),
    unknown: contributions.filter((part) => !part.known).map(({ label }) => label),
    largest,
  };
}

/** Labels of features that a model names; a feature without a contribution keeps its name. */
export function labelsOf(names: readonly string[], contributions: readonly Contribution[]): string[] {
  return names.map((name) => contributions.find((part) => part.name === name)?.label ?? name);
}

/** Where a bar lies in a field from 0 to 1 whose middle is nothing: to the right what adds, to the left what takes away. */
export function barOf(value: number, largest: number): { start: number; length: number } {
  const length = largest > 0 ? Math.min(1, Math.abs(value) / largest) / 2 : 0;
  return { start: value < 0 ? 0.5 - length : 0.5, length };
}

function size(part: Contribution | undefined): number {
  return Math.abs(part?.contribution ?? 0);
}
