import { expect, it } from "vitest";
import { bandPath, linePath } from "./path";
import { linear, roundUp, ticks, timeTicks } from "./scale";

const HOUR = 3_600_000;

it("puts a domain onto a range, upside down too", () => {
  const y = linear([0, 100], [200, 0]);
  expect([0, 25, 100].map(y)).toEqual([200, 150, 0]);
  expect(linear([5, 5], [0, 10])(5)).toBe(5);
});

it("sets ticks at round values without the dust of binary fractions", () => {
  expect(ticks(0, 100, 4)).toEqual([0, 50, 100]);
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-3, 11, 5)).toEqual([0, 5, 10]);
});

it("ends an axis at a round value that nothing exceeds", () => {
  expect([0, 0.9, 7, 31, 100, 101, 180].map(roundUp)).toEqual([1, 1, 8, 40, 100, 150, 200]);
});

it("sets ticks of time at full hours of the place, also where its zone is no whole number of days away", () => {
  const start = Date.parse("2026-03-01T09:17:00-08:00");
  const found = timeTicks(start, start + 5 * HOUR, 6).map((value) => new Date(value).toISOString());
  expect(found).toEqual([
    "2026-03-01T18:00:00.000Z",
    "2026-03-01T19:00:00.000Z",
    "2026-03-01T20:00:00.000Z",
    "2026-03-01T21:00:00.000Z",
    "2026-03-01T22:00:00.000Z",
  ]);
  expect(timeTicks(start, start + 9_000, 6)).toEqual([start]);
  const [midnight] = timeTicks(start, start + 72 * HOUR, 4);
  expect(new Date(midnight ?? 0).getHours()).toBe(0);
});

it("never sets more ticks of time than asked for by much", () => {
  for (const hours of [0.01, 0.5, 3, 30, 300, 3000, 60_000]) {
    expect(timeTicks(0, hours * HOUR, 6).length).toBeLessThanOrEqual(7);
  }
});

it("breaks a line where there is no value", () => {
  const points = [0, 1, null, 3, 4].map((y, x) => ({ x, y }));
  expect(linePath(points)).toBe("M0,0L1,1M3,3L4,4");
});

it("closes a band: along the upper edge and back along the lower", () => {
  const band = [
    { x: 0, low: 1, high: 2 },
    { x: 10, low: 3, high: 5 },
  ];
  expect(bandPath(band)).toBe("M0,2L10,5L10,3L0,1Z");
  expect(bandPath([])).toBe("");
});
