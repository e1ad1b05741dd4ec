import type { ReactNode } from "react";
import { ProblemNotice } from "./problem-notice";

/** Shown while something is being fetched. */
export function Loading({ what }: { what: string }) {
  return (
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what} …
    </p>
  );
}

/** Shown where a list has no entries. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

/** Shown when fetching failed, with a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => unknown }) {
  return (
    <ProblemNotice error={error}>
      {retry && (
        <button type="button" className="button" onClick={() => retry()}>
          Try again
        </button>
      )}
    </ProblemNotice>
  );
}
