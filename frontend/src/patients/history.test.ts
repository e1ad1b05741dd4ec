import { expect, it } from "vitest";
import { historyInWords, withTicked } from "./history";

const STORED = { hypertension: true, diabetes: false, anticoagulant: "warfarin" };

it("puts every fact into words, those of other clients too", () => {
  expect(historyInWords(STORED)).toEqual(["Hypertension", "Diabetes: no", "Anticoagulant: warfarin"]);
});

it("keeps what the form does not show and leaves out what is no longer ticked", () => {
  expect(withTicked(STORED, ["previous_stroke"])).toEqual({
    diabetes: false,
    anticoagulant: "warfarin",
    previous_stroke: true,
  });
});
