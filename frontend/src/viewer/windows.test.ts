import { expect, it } from "vitest";
import { maskColormap } from "./mask";
import { WINDOWS } from "./windows";

it("opens with the brain window, 0 to 80 HU", () => {
  expect(WINDOWS[0]).toEqual({ name: "Brain", low: 0, high: 80 });
});

it("gives every mask value a colour and leaves the background clear", () => {
  const map = maskColormap();
  expect(map.A).toEqual([0, 255, 255]);
  expect(map.I).toEqual([0, 1, 2]);
  for (const channel of [map.R, map.G, map.B, map.labels]) expect(channel).toHaveLength(map.I.length);
});
