import { expect, it } from "vitest";
import { growthInWords, nameOf, reasonsOf, signed, valueOf } from "./wording";

it("gives every change its sign, and none to what rounds to nothing", () => {
  expect([49, -0.875, 0.004, -0.004, 0].map((value) => signed(value, 2))).toEqual([
    "+49.00",
    "−0.88",
    "0.00",
    "0.00",
    "0.00",
  ]);
});

it("tells growth with its band where the outlines give one", () => {
  expect(growthInWords({ growth_ml: 11, growth_ml_range: [7.31, 14.69] })).toBe("+11.0 mL (+7.3 to +14.7)");
  expect(growthInWords({ growth_ml: -2, growth_ml_range: [-5, 1] })).toBe("−2.0 mL (−5.0 to +1.0)");
  expect(growthInWords({ growth_ml: 11, growth_ml_range: null })).toBe("+11.0 mL");
});

it("puts the field of a reason into words, and only where it begins the sentence", () => {
  const reasons = [
    { code: "missing" as const, field: "age_years", detail: "age_years is not known, and the FUNC score needs it." },
    { code: "not_applicable" as const, field: "haematoma_ml", detail: "The first CT shows no haematoma." },
  ];
  expect(reasonsOf({ status: "not_computable", reasons })).toEqual([
    "Age is not known, and the FUNC score needs it.",
    "The first CT shows no haematoma.",
  ]);
});

it("writes values as people do", () => {
  expect([true, false, 188, 0.123456, 17520, "new_confusion"].map(valueOf)).toEqual([
    "yes",
    "no",
    "188",
    "0.1235",
    "17520",
    "new confusion",
  ]);
  expect(nameOf("cognitive_impairment_before")).toBe("Cognitive impairment before");
});
