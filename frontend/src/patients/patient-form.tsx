import type { SubmitEvent } from "react";
import { fieldMessage, type Problem } from "../api/problem";
import type { Patient, PatientInput, Sex } from "../api/types";
import { Field, Select } from "../ui/field";
import { formText } from "../ui/form-text";
import { fromLocalInput, toLocalInput } from "../ui/format";
import { ProblemNotice } from "../ui/problem-notice";
import { HISTORY_ITEMS, withTicked } from "./history";

interface Props {
  patient?: Patient;
  error: Problem | null;
  isPending: boolean;
  submitLabel: string;
  onSubmit: (values: PatientInput) => void;
}

/** The facts of a patient, to create or to change. */
export function PatientForm({ patient, error, isPending, submitLabel, onSubmit }: Props) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(valuesOf(new FormData(event.currentTarget), patient));
  };
  const text = (name: "medical_record_number" | "family_name" | "given_name") => ({
    name,
    defaultValue: patient?.[name],
    error: fieldMessage(error, name),
    required: true,
    autoComplete: "off",
  });
  return (
    <form onSubmit={submit} className="stack">
      <Field label="Medical record number" {...text("medical_record_number")} />
      <div className="columns">
        <Field label="Family name" {...text("family_name")} />
        <Field label="Given name" {...text("given_name")} />
      </div>
      <div className="columns">
        <Field
          label="Date of birth"
          name="birth_date"
          type="date"
          defaultValue={patient?.birth_date ?? ""}
          error={fieldMessage(error, "birth_date")}
        />
        <Select label="Sex" name="sex" defaultValue={patient?.sex ?? "unknown"}>
          <option value="female">Female</option>
          <option value="male">Male</option>
          <option value="other">Other</option>
          <option value="unknown">Unknown</option>
        </Select>
      </div>
      <Field
        label="Onset of symptoms"
        name="onset_at"
        type="datetime-local"
        hint="In local time; leave empty when unknown."
        defaultValue={toLocalInput(patient?.onset_at)}
        error={fieldMessage(error, "onset_at")}
      />
      <fieldset>
        <legend>History</legend>
        {HISTORY_ITEMS.map(({ key, label }) => (
          <label key={key} className="check">
            <input type="checkbox" name={`history.${key}`} defaultChecked={patient?.history?.[key] === true} />
            {label}
          </label>
        ))}
      </fieldset>
      {error && <ProblemNotice error={error} />}
      <div>
        <button type="submit" className="button primary" disabled={isPending}>
          {isPending ? "Saving …" : submitLabel}
        </button>
      </div>
    </form>
  );
}

function valuesOf(form: FormData, patient: Patient | undefined): PatientInput {
  const text = (name: string) => formText(form, name).trim();
  const ticked = HISTORY_ITEMS.map(({ key }) => key).filter((key) => form.has(`history.${key}`));
  const onset = text("onset_at");
  return {
    medical_record_number: text("medical_record_number"),
    family_name: text("family_name"),
    given_name: text("given_name"),
    birth_date: text("birth_date") || null,
    sex: text("sex") as Sex,
    // The input shows minutes only: an onset that was not touched keeps its seconds.
    onset_at: onset === toLocalInput(patient?.onset_at) ? (patient?.onset_at ?? null) : fromLocalInput(onset),
    history: withTicked(patient?.history ?? {}, ticked),
  };
}
