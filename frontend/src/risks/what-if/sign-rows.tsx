import { useId } from "react";
import { nameOf } from "../wording";
import { SIGNS } from "./fields";

/** As many as the gateway takes. */
const MOST = 20;

interface Props {
  rows: number;
  onAdd: () => void;
  errorOf: (row: number) => string | null;
}

/** Behaviour that the patient is imagined to be seen in until now, in addition to what was seen. */
export function SignRows({ rows, onAdd, errorOf }: Props) {
  return (
    <fieldset>
      <legend>Signs seen until now</legend>
      {Array.from({ length: rows }, (_, row) => (
        <SignRow key={row} row={row} error={errorOf(row)} />
      ))}
      <button type="button" className="button" onClick={onAdd} disabled={rows >= MOST}>
        Add another sign
      </button>
    </fieldset>
  );
}

function SignRow({ row, error }: { row: number; error: string | null }) {
  const id = useId();
  const described = { "aria-describedby": `${id}-notes`, "aria-invalid": error ? true : undefined };
  return (
    <div className="columns sign-row">
      <div className="field">
        <label htmlFor={`${id}-sign`}>Sign {row + 1}</label>
        <select id={`${id}-sign`} name={`sign.${row}`} defaultValue="" {...described}>
          <option value="">none</option>
          {SIGNS.map((sign) => (
            <option key={sign} value={sign}>
              {nameOf(sign)}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-seconds`}>
          For how long, sign {row + 1} <span className="muted">(s)</span>
        </label>
        <input id={`${id}-seconds`} name={`seconds.${row}`} defaultValue="10" inputMode="decimal" {...described} />
        <span id={`${id}-notes`} className="field-notes">
          {error && <span className="field-error">{error}</span>}
        </span>
      </div>
    </div>
  );
}
