import { expect, it } from "vitest";
import { growthInWords, inSentence, nameOf, reasonsOf, signed, titleOf, valueOf } from "./wording";

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

it("names all that is not known in one line, and whatever else hinders by its sentence", () => {
  const reasons = [
    { code: "missing" as const, field: "age_years", detail: "age_years is not known, and the FUNC score needs it." },
    { code: "missing" as const, field: "nihss", detail: "nihss is not known, and the NAG scale needs it." },
    { code: "not_applicable" as const, field: "haematoma_ml", detail: "The first CT shows no haematoma." },
    { code: "invalid" as const, field: "gcs", detail: "gcs: 2 is too low." },
  ];
  expect(reasonsOf({ status: "not_computable", reasons })).toEqual([
    "Not known: age, NIHSS.",
    "The first CT shows no haematoma.",
    "Glasgow Coma Scale: 2 is too low.",
  ]);
});

it("keeps capitals that are part of a name", () => {
  expect(["Oxygen saturation", "NIHSS", "Glasgow Coma Scale", "SpO₂ scale"].map(inSentence)).toEqual([
    "oxygen saturation",
    "NIHSS",
    "Glasgow Coma Scale",
    "SpO₂ scale",
  ]);
  expect(["the ICH score", "NEWS2", "the 9-point expansion score"].map(titleOf)).toEqual([
    "ICH score",
    "NEWS2",
    "9-point expansion score",
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
