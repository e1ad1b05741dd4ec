import type { FusedPoint } from "../api/types";
import { bandInWords } from "./wording";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A minute of the course; `at` in milliseconds since 1970. */
export interface Minute extends Omit<FusedPoint, "at"> {
  at: number;
}

/** A course as it is drawn: stretches without a missing minute, and the minutes in which the sources disagree. */
export interface Course {
  /** One minute alone is a stretch of its own. */
  stretches: Minute[][];
  apart: Minute[];
}

/**
 * Splits points, the earliest first, where a minute is missing, since nothing is known of it, and where sources
 * disagree, since a line through that minute would be a rate that nothing measured.
 */
export function courseOf(points: readonly FusedPoint[]): Course {
  const minutes = points.map((point) => ({ ...point, at: Date.parse(point.at) }));
  const stretches: Minute[][] = [];
  for (const minute of minutes.filter(({ disagrees }) => !disagrees)) {
    const current = stretches.at(-1);
    const before = current?.at(-1);
    if (current && before && minute.at - before.at <= MINUTE) current.push(minute);
    else stretches.push([minute]);
  }
  return { stretches, apart: minutes.filter(({ disagrees }) => disagrees) };
}

/** Every value that a minute shows: of sources that disagree each. */
export function shownRates({ disagrees, bpm, sources }: Pick<FusedPoint, "disagrees" | "bpm" | "sources">): number[] {
  return disagrees ? sources.map((source) => source.bpm) : [bpm];
}

/** The rates that a chart spans: whole tens around all values and bands, 40 bpm at least. */
export function rangeOf(points: readonly FusedPoint[]): readonly [number, number] {
  const values = points.flatMap((point) => [...shownRates(point), ...(point.disagrees ? [] : [point.low, point.high])]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const missing = Math.max(0, LEAST_RANGE - (high - low)) / 2;
  return [Math.max(0, 10 * Math.floor((low - missing) / 10)), 10 * Math.ceil((high + missing) / 10)];
}

/** A quarter of what hearts do: less would make a steady rate look wild. */
const LEAST_RANGE = 40;

/** What the chart says, for whoever does not see it. */
export function courseInWords(points: readonly FusedPoint[], hours: number): string {
  const rates = points.flatMap(shownRates);
  const apart = points.filter(({ disagrees }) => disagrees).length;
  return [
    `Heart rate over the last ${hoursInWords(hours)}: ${bandInWords(Math.min(...rates), Math.max(...rates))}`,
    `measured in ${points.length} of ${60 * hours} minutes`,
    ...(apart > 0 ? [`sources disagree in ${minutesInWords(apart)}`] : []),
  ].join("; ");
}

/** One row of the figures: the lowest and highest value of a span of time. */
export interface Span {
  start: number;
  lowest: number;
  highest: number;
  minutes: number;
  apart: number;
}

/** The course in spans that make about two dozen rows, the newest first; spans in which nothing was measured are left out. */
export function spansOf(points: readonly FusedPoint[], hours: number): Span[] {
  const step = SPANS.find((size) => (hours * HOUR) / size <= 24) ?? 3 * HOUR;
  const spans = new Map<number, FusedPoint[]>();
  for (const point of points) {
    const start = Math.floor(Date.parse(point.at) / step) * step;
    spans.set(start, [...(spans.get(start) ?? []), point]);
  }
  return [...spans]
    .map(([start, within]) => {
      const rates = within.flatMap(shownRates);
      return {
        start,
        lowest: Math.min(...rates),
        highest: Math.max(...rates),
        minutes: within.length,
        apart: within.filter(({ disagrees }) => disagrees).length,
      };
    })
    .sort((a, b) => b.start - a.start);
}

const SPANS = [5 * MINUTE, 15 * MINUTE, HOUR];

/** Beyond this a value says little of the present. */
const OLD_MS = 10 * MINUTE;

/** Whether a point is too old at the moment `now` (ms) to be called present. */
export function isOld({ at }: Pick<FusedPoint, "at">, now: number): boolean {
  return now - Date.parse(at) > OLD_MS;
}

/** `hour`, `24 hours`. */
export function hoursInWords(hours: number): string {
  return hours === 1 ? "hour" : `${hours} hours`;
}

function minutesInWords(minutes: number): string {
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
