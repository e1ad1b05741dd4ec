import type { JobState } from "../api/types";

const LABELS: Record<JobState, string> = {
  queued: "Waiting",
  running: "Running",
  succeeded: "Analysed",
  refused: "Not analysed: refused",
  failed: "Not analysed: failed",
};

/** The state of a job in words and colour. */
export function JobBadge({ state }: { state: JobState }) {
  return <span className={`badge state-${state}`}>{LABELS[state]}</span>;
}
