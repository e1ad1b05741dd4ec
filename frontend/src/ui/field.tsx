import { type InputHTMLAttributes, type ReactNode, useId } from "react";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  error?: string | null;
}

/** A labelled input; hint and error are read out with it. */
export function Field({ label, hint, error, ...input }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {!input.required && <span className="muted"> (optional)</span>}
      </label>
      <input {...input} id={id} aria-invalid={error ? true : undefined} aria-describedby={`${id}-notes`} />
      <Notes id={`${id}-notes`} hint={hint} error={error} />
    </div>
  );
}

interface SelectProps {
  label: string;
  name: string;
  defaultValue?: string;
  children: ReactNode;
}

/** A labelled choice. */
export function Select({ label, children, ...select }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id}>
        {children}
      </select>
    </div>
  );
}

function Notes({ id, hint, error }: { id: string; hint?: string | undefined; error?: string | null | undefined }) {
  return (
    <span id={id} className="field-notes">
      {hint && <span className="fine-print">{hint}</span>}
      {error && <span className="field-error">{error}</span>}
    </span>
  );
}
