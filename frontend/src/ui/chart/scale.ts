/** A linear way from values to places on a page. */
export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
}

/** The scale that puts `domain` onto `range`; a domain of one value lies in the middle. */
export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain;
  const [start, end] = range;
  const place = (value: number) => {
    if (high === low) return (start + end) / 2;
    return start + ((value - low) / (high - low)) * (end - start);
  };
  return Object.assign(place, { domain });
}

/** Round values from `low` to `high`, about `count` of them, in steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  return multiples(low, high, roundStep((high - low) / count));
}

/** The least round value that is at least `value`: where an axis from 0 ends. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const step = roundStep(value / 5);
  return Math.ceil(value / step - 1e-9) * step;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((n) => n * DAY),
];

/**
 * Moments (ms) for the ticks of a time axis, at most about `count`, at full minutes, hours or days of local time; its
 * beginning where it spans none of them.
 */
export function timeTicks(low: number, high: number, count: number): number[] {
  const step = TIME_STEPS.find((size) => (high - low) / size <= count) ?? 364 * DAY;
  const offset = new Date(low).getTimezoneOffset() * MINUTE;
  const found = multiples(low - offset, high - offset, step).map((local) => local + offset);
  return found.length > 0 ? found : [low];
}

/** A tick's words: the time of day where the axis spans little, the day where it spans much. */
export function timeLabel(value: number, span: number): string {
  const form: Intl.DateTimeFormatOptions =
    span <= DAY
      ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
      : span <= 4 * DAY
        ? { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
        : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(undefined, form).format(value);
}

function roundStep(rough: number): number {
  if (!(rough > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((n) => n * power >= rough * (1 - 1e-9)) ?? 10;
  return step * power;
}

function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => round((first + n) * step));
}

/** 3 × 0.1 without what binary fractions leave over. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
