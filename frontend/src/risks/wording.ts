import type { Growth, Known, NotComputable } from "../api/types";
import { millilitres, percent, words } from "../ui/format";

/** The modified Rankin Scale, by its number. */
export const MRS_WORDS = [
  "no symptoms",
  "no significant disability",
  "slight disability",
  "moderate disability",
  "moderately severe disability",
  "severe disability",
  "dead",
];

/** Whether a haematoma expanded. */
export const EXPANDED_WORDS: Record<Growth["expanded"], string> = {
  yes: "Expanded",
  no: "Not expanded",
  uncertain: "Uncertain: the outlines could move too far to tell",
  new_bleed: "A new bleed: the first CT showed none",
  too_late: "Not judged: after the time window",
};

/** Names that `words` would not make readable; facts, signals and inputs of scores share them. */
const NAMES: Record<string, string> = {
  age_years: "Age",
  onset_to_ct_h: "Hours from onset to the first CT",
  premorbid_mrs: "mRS before the stroke",
  recurrent_haemorrhage: "Earlier haemorrhage",
  primary_haemorrhage: "Primary haemorrhage",
  anticoagulant: "Takes an anticoagulant",
  antiplatelet: "Takes an antiplatelet drug",
  haematoma_ml: "Haematoma volume",
  oedema_ml: "Oedema volume",
  intraventricular: "Blood in the ventricles",
  systolic_mmhg: "Systolic pressure",
  diastolic_mmhg: "Diastolic pressure",
  pulse_per_min: "Pulse",
  respirations_per_min: "Respirations",
  spo2_percent: "Oxygen saturation",
  spo2_scale: "SpO₂ scale",
  spo2: "Oxygen saturation",
  on_oxygen: "Oxygen given",
  warfarin: "Takes warfarin",
  infratentorial: "Location",
  glucose: "Glucose",
  respiration: "Respirations",
  temperature_c: "Temperature",
  glucose_mmol_l: "Glucose",
  gcs: "Glasgow Coma Scale",
  nihss: "NIHSS",
  haematoma_radiomics: "Radiomics of the haematoma",
};

/** A fact, signal or input in words. */
export function nameOf(code: string): string {
  return NAMES[code] ?? words(code);
}

/** Why there is no figure: what is not known in one line, whatever else hinders by its own sentence. */
export function reasonsOf({ reasons }: NotComputable): string[] {
  const missing = reasons.filter(({ code }) => code === "missing").map(({ field }) => inSentence(nameOf(field)));
  const others = reasons
    .filter(({ code }) => code !== "missing")
    .map(({ field, detail }) => (detail.startsWith(field) ? nameOf(field) + detail.slice(field.length) : detail));
  return [...(missing.length > 0 ? [`Not known: ${missing.join(", ")}.`] : []), ...others];
}

/** A name within a sentence; names of scales keep their capitals. */
export function inSentence(name: string): string {
  return /^(?:[A-Z]{2}|Glasgow|SpO)/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

/** A score's title by itself; titles are written for the middle of a sentence: "the ICH score". */
export function titleOf(title: string): string {
  return title.replace(/^the (.)/, (_, first: string) => first.toUpperCase());
}

/** The definition of an expansion with the signs that people write. */
export function definitionInWords(definition: string): string {
  return definition.replaceAll(">=", "≥");
}

/** A known value as a person would write it. */
export function valueOf(value: Known["value"]): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number")
    return new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: false }).format(value);
  return words(value).toLowerCase();
}

/** A change with its sign; a minus as wide as a plus. Rounded to nothing, it has no sign. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + text;
}

/** A growth with its band: `+11.0 mL (+7.3 to +14.7)`. */
export function growthInWords({ growth_ml, growth_ml_range }: Pick<Growth, "growth_ml" | "growth_ml_range">): string {
  const band = growth_ml_range && ` (${growth_ml_range.map((end) => signed(end, 1)).join(" to ")})`;
  return `${signed(growth_ml, 1)} mL${band ?? ""}`;
}

/** A volume with how far its outline could move: `20.0 mL (18.0 to 22.0)`. */
export function volumeInWords(volume: number, range: readonly number[] | null): string {
  return millilitres(volume) + (range ? ` (${range.map((end) => end.toFixed(1)).join(" to ")})` : "");
}

/** Where there is no figure. */
export const NONE = "—";

/** A probability, or a dash where there is none. */
export function chance(probability: number | null): string {
  return probability === null ? NONE : percent(probability);
}
