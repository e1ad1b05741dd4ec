import type { FieldError } from "../../api/problem";
import type { AskedBehaviour, WhatIfQuestion } from "../../api/types";
import { formText } from "../../ui/form-text";
import { FACT_GROUPS, type FactField } from "./fields";

/** The value of a choice, and the last part of a box's name, that takes a known fact away. */
export const UNKNOWN = "unknown";

/** A question as the form asks it, with the fields that cannot be sent. */
export interface Asked {
  question: WhatIfQuestion;
  /** The form's row of each sign that is asked for, in the question's order. */
  rows: number[];
  errors: FieldError[];
}

/**
 * Reads the form: a field left alone is asked as known, `unknown` takes the fact away (null), and a number that is none
 * is an error of its field, since an ignored one would look like an answer to it.
 */
export function questionFrom(form: FormData, signs: number): Asked {
  const facts: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const field of FACT_GROUPS.flatMap(({ fields }) => fields)) {
    const value = factOf(form, field);
    if (value === undefined) continue;
    if (Number.isNaN(value)) errors.push({ field: `facts.${field.name}`, message: NO_NUMBER });
    else facts[field.name] = value;
  }
  const rows = Array.from({ length: signs }, (_, row) => row).filter((row) => formText(form, `sign.${row}`) !== "");
  const behaviour = rows.map((row) => signOf(form, row));
  for (const [place, { seconds }] of behaviour.entries()) {
    if (Number.isNaN(seconds)) errors.push({ field: `behaviour.${place}.seconds`, message: NO_NUMBER });
  }
  return { question: { facts, behaviour }, rows, errors };
}

/** What is wrong with a field of the question or with a part of it, as this page or the gateway says. */
export function messageAt(errors: readonly FieldError[], path: string): string | null {
  return errors.find(({ field }) => field === path || field.startsWith(`${path}.`))?.message ?? null;
}

/** Nothing differs from what is known. */
export function isEmpty({ facts, behaviour }: WhatIfQuestion): boolean {
  return Object.keys(facts ?? {}).length === 0 && (behaviour ?? []).length === 0;
}

const NO_NUMBER = "This is no number; write 12.5 with a point.";

/** undefined: as known; null: taken away; NaN: no number. */
function factOf(form: FormData, { name, kind }: FactField): number | boolean | string | null | undefined {
  const text = formText(form, name).trim();
  if (text === UNKNOWN || form.has(`${name}.${UNKNOWN}`)) return null;
  if (text === "") return undefined;
  if (kind === "number" || name === "spo2_scale") return numberFrom(text);
  return kind === "yes-no" ? text === "yes" : text;
}

function signOf(form: FormData, row: number): AskedBehaviour {
  const seconds = numberFrom(formText(form, `seconds.${row}`).trim());
  return { kind: formText(form, `sign.${row}`), seconds, confidence: 1 };
}

/** NaN also for what is infinite, which JSON could not hold. */
function numberFrom(text: string): number {
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
