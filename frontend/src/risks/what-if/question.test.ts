import { expect, it } from "vitest";
import { nameOf } from "../wording";
import { FACT_GROUPS } from "./fields";
import { isEmpty, messageAt, questionFrom } from "./question";

function form(values: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

it("asks for what was changed alone", () => {
  const { question, errors } = questionFrom(
    form({
      systolic_mmhg: " 90 ",
      diastolic_mmhg: "",
      warfarin: "yes",
      smoking: "no",
      location: "deep",
      spo2_scale: "2",
    }),
    0,
  );
  expect(errors).toEqual([]);
  expect(question).toEqual({
    facts: { systolic_mmhg: 90, warfarin: true, smoking: false, location: "deep", spo2_scale: 2 },
    behaviour: [],
  });
});

it("takes a known fact away as null, by choice or by box, and keeps 0 a number", () => {
  const { question } = questionFrom(form({ "gcs.unknown": "on", gcs: "", hypertension: "unknown", oedema_ml: "0" }), 0);
  expect(question.facts).toEqual({ gcs: null, hypertension: null, oedema_ml: 0 });
});

it("never drops what is no number", () => {
  const typed = { age_years: "12,5", gcs: "low", haematoma_ml: "Infinity", nihss: "-3" };
  const { question, errors } = questionFrom(form(typed), 0);
  expect(errors.map(({ field }) => field)).toEqual(["facts.gcs", "facts.haematoma_ml", "facts.age_years"].sort(order));
  expect(question.facts).toEqual({ nihss: -3 }); // for the gateway to refuse
});

it("adds the signs that were chosen, with errors by their place in the question", () => {
  const typed = { "sign.0": "", "sign.1": "face_droop", "seconds.1": "10", "sign.2": "falling", "seconds.2": "" };
  const { question, rows, errors } = questionFrom(form(typed), 3);
  expect(question.behaviour?.[0]).toEqual({ kind: "face_droop", seconds: 10, confidence: 1 });
  expect(rows).toEqual([1, 2]);
  expect(errors.map(({ field }) => field)).toEqual(["behaviour.1.seconds"]);
  expect(messageAt(errors, "behaviour.1")).toContain("no number");
  expect(messageAt(errors, "behaviour.0")).toBeNull();
});

it("knows a question that changes nothing", () => {
  expect(isEmpty(questionFrom(form({}), 0).question)).toBe(true);
  expect(isEmpty(questionFrom(form({ gcs: "9" }), 0).question)).toBe(false);
});

it("offers each fact once, by a name of its own", () => {
  const names = FACT_GROUPS.flatMap(({ fields }) => fields.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(names.map(nameOf)).size).toBe(names.length);
});

/** The order of the form. */
function order(a: string, b: string): number {
  const names = FACT_GROUPS.flatMap(({ fields }) => fields.map(({ name }) => `facts.${name}`));
  return names.indexOf(a) - names.indexOf(b);
}
