import { expect, it } from "vitest";
import { shownLevel } from "./level";

it("shows green only where enough was seen to say so", () => {
  expect([0, 0.49, 0.5, 1].map((confidence) => shownLevel("green", confidence))).toEqual([
    "unsure",
    "unsure",
    "green",
    "green",
  ]);
});

it("never plays down an alarm for want of confidence", () => {
  expect(shownLevel("red", 0)).toBe("red");
  expect(shownLevel("amber", 0.1)).toBe("amber");
});
