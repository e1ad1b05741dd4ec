import type { ReactNode } from "react";
import { asProblem, headingOf } from "../api/problem";

interface Props {
  error: unknown;
  heading?: string;
  children?: ReactNode;
}

/** Says in plain words what went wrong, with the code and correlation id that support can look up. */
export function ProblemNotice({ error, heading, children }: Props) {
  const problem = asProblem(error);
  return (
    <div className="notice bad" role="alert">
      <strong>{heading ?? headingOf(problem)}</strong>
      <p>{problem.detail}</p>
      {problem.fields.length > 0 && (
        <ul>
          {problem.fields.map(({ field, message }) => (
            <li key={field + message}>
              {field}: {message}
            </li>
          ))}
        </ul>
      )}
      <p className="fine-print">
        Code {problem.code}
        {problem.correlationId && `, reference ${problem.correlationId}`}
      </p>
      {children}
    </div>
  );
}
