import type { RiskFacts } from "../../api/types";

/** A fact that can be imagined. Limits are the gateway's to judge: it answers with the field that breaks one. */
export type FactField = { name: keyof RiskFacts; unit?: string } & (
  { kind: "number" } | { kind: "yes-no" } | { kind: "choice"; options: readonly string[] }
);

/** The facts in the order in which a person asks for them. */
export const FACT_GROUPS: { title: string; fields: FactField[] }[] = [
  {
    title: "Vital signs",
    fields: [
      number("systolic_mmhg", "mmHg"),
      number("diastolic_mmhg", "mmHg"),
      number("pulse_per_min", "/min"),
      number("respirations_per_min", "/min"),
      number("spo2_percent", "%"),
      yesNo("on_oxygen"),
      choice("spo2_scale", ["1", "2"]),
      number("temperature_c", "°C"),
      number("glucose_mmol_l", "mmol/L"),
      choice("consciousness", ["alert", "new_confusion", "voice", "pain", "unresponsive"]),
      number("gcs", "3 to 15"),
      number("nihss", "0 to 42"),
    ],
  },
  {
    title: "First CT",
    fields: [
      number("onset_to_ct_h", "h"),
      number("haematoma_ml", "mL"),
      number("oedema_ml", "mL"),
      choice("location", ["lobar", "deep", "infratentorial"]),
      yesNo("intraventricular"),
      yesNo("blend_sign"),
      yesNo("hypodensity"),
      choice("spot_sign", ["absent", "present", "unavailable"]),
    ],
  },
  {
    title: "Patient and history",
    fields: [
      number("age_years", "years"),
      choice("sex", ["male", "female"]),
      number("premorbid_mrs", "0 to 5"),
      yesNo("hypertension"),
      yesNo("diabetes"),
      yesNo("prior_stroke"),
      yesNo("recurrent_haemorrhage"),
      yesNo("primary_haemorrhage"),
      yesNo("atrial_fibrillation"),
      yesNo("coronary_heart_disease"),
      yesNo("anticoagulant"),
      yesNo("warfarin"),
      yesNo("antiplatelet"),
      yesNo("coagulopathy"),
      yesNo("cognitive_impairment_before"),
      yesNo("smoking"),
      yesNo("alcohol"),
      yesNo("heavy_alcohol"),
      yesNo("pregnant"),
    ],
  },
];

/** Signs that the weights of the bedside risk know; any other adds nothing. */
export const SIGNS = [
  "face_droop",
  "arm_drift",
  "speech_disturbance",
  "falling",
  "lying",
  "staggering",
  "headache",
  "neck_pain",
  "nausea_vomiting",
] as const;

function number(name: keyof RiskFacts, unit: string): FactField {
  return { name, unit, kind: "number" };
}

function yesNo(name: keyof RiskFacts): FactField {
  return { name, kind: "yes-no" };
}

function choice(name: keyof RiskFacts, options: readonly string[]): FactField {
  return { name, kind: "choice", options };
}
