import { type SubmitEvent, useState } from "react";
import { Problem } from "../../api/problem";
import type { Known, RiskSummary } from "../../api/types";
import { useRisk, useWhatIf } from "../queries";
import { FACT_GROUPS } from "./fields";
import { ImaginedView } from "./imagined-view";
import { OverrideField } from "./override-field";
import { type Asked, isEmpty, messageAt, questionFrom } from "./question";
import { Refusal } from "./refusal";
import { SignRows } from "./sign-rows";

interface Props {
  patientId: string;
  latest: RiskSummary | undefined;
}

const NOTHING: Asked = { question: {}, rows: [], errors: [] };

/** What the risk would be, were other things true. Nothing of it is stored. */
export function WhatIfView({ patientId, latest }: Props) {
  const facts = useRisk(latest?.id, patientId).data?.report.facts ?? [];
  const whatIf = useWhatIf(patientId);
  const [asked, setAsked] = useState(NOTHING);
  const [signs, setSigns] = useState(1);
  const refused = refusalOf(asked) ?? whatIf.error;

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const next = questionFrom(new FormData(event.currentTarget), signs);
    setAsked(next);
    whatIf.reset();
    if (refusalOf(next) === null) whatIf.mutate(next.question);
  };
  const errorAt = (path: string) => messageAt(refused?.fields ?? [], path);
  return (
    <>
      <p className="notice imagined">
        <strong>Imagined, not stored.</strong> What is left alone stays as it is known. No answer here becomes part of
        the record, of the history or of an alert.
      </p>
      <form
        onSubmit={submit}
        onReset={() => {
          setAsked(NOTHING);
          whatIf.reset();
        }}
        className="card stack what-if"
        aria-label="What if"
        noValidate
      >
        <SignRows
          rows={signs}
          onAdd={() => setSigns(signs + 1)}
          errorOf={(row) => errorAt(`behaviour.${asked.rows.indexOf(row)}`)}
        />
        {FACT_GROUPS.map(({ title, fields }) => (
          <fieldset key={title}>
            <legend>{title}</legend>
            <div className="columns narrow-columns">
              {fields.map((field) => (
                <OverrideField
                  key={field.name}
                  field={field}
                  known={knownOf(facts, field.name)}
                  error={errorAt(`facts.${field.name}`)}
                />
              ))}
            </div>
          </fieldset>
        ))}
        {refused && <Refusal problem={refused} />}
        <div className="button-row">
          <button type="submit" className="button primary" disabled={whatIf.isPending}>
            {whatIf.isPending ? "Asking …" : "Ask what if"}
          </button>
          <button type="reset" className="button">
            Start over
          </button>
        </div>
      </form>
      {whatIf.data && <ImaginedView answer={whatIf.data} />}
    </>
  );
}

/** What this page sees by itself; the gateway judges the rest. */
function refusalOf({ question, errors }: Asked): Problem | null {
  if (errors.length > 0) return new Problem(422, "validation_failed", "Some fields hold no numbers.", errors);
  if (question.facts && isEmpty(question)) {
    return new Problem(422, "nothing_imagined", "Nothing differs from what is known; change at least one field.");
  }
  return null;
}

function knownOf(facts: Known[], name: string): Known[] {
  return facts.filter((fact) => fact.name === name);
}
