import { expect, it } from "vitest";
import type { Contribution } from "../api/types";
import { arranged, barOf, labelsOf } from "./contributions";

const part = (name: string, contribution: number, known = true): Contribution => ({
  name,
  label: `the ${name}`,
  contribution,
  known,
});

it("shows what matters by its size whatever its sign, folds the small and names the unknown", () => {
  const shown = arranged([part("small", 0.01), part("pulse", 0.5), part("age", -2), part("sugar", 0, false)]);
  expect(shown.main.map(({ name }) => name)).toEqual(["age", "pulse"]);
  expect(shown.minor.map(({ name }) => name)).toEqual(["small"]);
  expect(shown.unknown).toEqual(["the sugar"]);
  expect(shown.largest).toBe(2);
});

it("shows a handful at most, the largest", () => {
  const many = Array.from({ length: 12 }, (_, n) => part(`sign ${n}`, 10 + n));
  const { main, minor } = arranged(many);
  expect(main.length).toBe(7);
  expect(Math.min(...main.map(({ contribution }) => contribution))).toBeGreaterThan(
    Math.max(...minor.map(({ contribution }) => contribution)),
  );
});

it("leaves out no contribution", () => {
  const all = [part("a", 3), part("b", -0.2), part("c", 0), part("d", 0, false)];
  const { main, minor, unknown } = arranged(all);
  expect(main.length + minor.length + unknown.length).toBe(all.length);
  expect(arranged([part("c", 0)])).toEqual({ main: [], minor: [part("c", 0)], unknown: [], largest: 0 });
});

it("draws a bar from the middle, to the left for what takes away", () => {
  expect(barOf(2, 2)).toEqual({ start: 0.5, length: 0.5 });
  expect(barOf(-1, 2)).toEqual({ start: 0.25, length: 0.25 });
  expect(barOf(0, 0)).toEqual({ start: 0.5, length: 0 });
});

it("names features as their contributions do", () => {
  expect(labelsOf(["age", "other"], [part("age", 1)])).toEqual(["the age", "other"]);
});
