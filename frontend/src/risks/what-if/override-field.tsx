import { useId } from "react";
import type { Known } from "../../api/types";
import { nameOf, valueOf } from "../wording";
import type { FactField } from "./fields";
import { UNKNOWN } from "./question";

interface Props {
  field: FactField;
  /** What is known of it, at admission and then at present. */
  known: Known[];
  error: string | null;
}

/** One fact to imagine: left alone it stays as known, and a known one can be taken away. */
export function OverrideField({ field, known, error }: Props) {
  const id = useId();
  const { name, kind, unit } = field;
  const described = { "aria-describedby": `${id}-notes`, "aria-invalid": error ? true : undefined };
  return (
    <div className="field">
      <label htmlFor={id}>
        {nameOf(name)} {unit && <span className="muted">({unit})</span>}
      </label>
      {kind === "number" ? (
        <input
          id={id}
          name={name}
          inputMode="decimal"
          autoComplete="off"
          placeholder={knownText(known)}
          {...described}
        />
      ) : (
        <select id={id} name={name} defaultValue="" {...described}>
          <option value="">{knownText(known)}</option>
          {(kind === "yes-no" ? ["yes", "no"] : field.options).map((option) => (
            <option key={option} value={option}>
              {valueOf(option)}
            </option>
          ))}
          {known.length > 0 && <option value={UNKNOWN}>as if not known</option>}
        </select>
      )}
      {kind === "number" && known.length > 0 && (
        <label className="check fine-print">
          <input type="checkbox" name={`${name}.${UNKNOWN}`} aria-label={`${nameOf(name)}: as if not known`} />
          as if not known
        </label>
      )}
      <span id={`${id}-notes`} className="field-notes">
        {error && <span className="field-error">{error}</span>}
      </span>
    </div>
  );
}

function knownText(known: Known[]): string {
  if (known.length === 0) return "not known";
  const [first, ...later] = known.map(({ value }) => valueOf(value));
  const changed = later.filter((value) => value !== first).map((value) => `, now ${value}`);
  return `as known: ${first}${changed.join("")}`;
}
