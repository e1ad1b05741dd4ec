import { expect, it } from "vitest";
import { stacked } from "./segments";

it("lays shares end to end and fills the bar", () => {
  expect(stacked([0.5, 0.25, 0.25])).toEqual([
    { start: 0, share: 0.5 },
    { start: 0.5, share: 0.25 },
    { start: 0.75, share: 0.25 },
  ]);
  const last = stacked([0.0500615, 0.1308949, 0.2096049, 0.2566344, 0.1547185, 0.1645774, 0.0335082]).at(-1);
  expect((last?.start ?? 0) + (last?.share ?? 0)).toBeCloseTo(1, 12);
});

it("draws nothing of nothing", () => {
  expect(stacked([0, 0])).toEqual([
    { start: 0, share: 0 },
    { start: 0, share: 0 },
  ]);
});
