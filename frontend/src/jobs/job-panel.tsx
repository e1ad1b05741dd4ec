import type { ReactNode } from "react";
import type { Job } from "../api/types";
import { percent, words } from "../ui/format";
import { Timestamp } from "../ui/timestamp";
import { isWithoutResult } from "./outcome";
import { RetryButton } from "./retry-button";

interface Props {
  job: Job;
  /** What is analysed, as a sentence calls it: "study". */
  input: string;
  /** What a missing result does not mean, and what to do instead. */
  noResult: ReactNode;
}

/** The state of an analysis. A refusal or failure is loud: no result must never look like a negative one. */
export function JobPanel({ job, input, noResult }: Props) {
  if (isWithoutResult(job)) return <NoResult job={job} input={input} noResult={noResult} />;
  return (
    <section className="card" aria-label="Analysis">
      <p aria-live="polite">
        <State job={job} />
      </p>
      {job.state !== "succeeded" && (
        <>
          <progress max={1} value={job.progress} aria-label="Analysis" />
          <p className="fine-print">{percent(job.progress)}</p>
        </>
      )}
    </section>
  );
}

/** Read out when it changes: state and stage, not each per cent. */
function State({ job }: { job: Job }) {
  if (job.state === "queued" && job.error) return `Waiting for another attempt: ${job.error.detail}`;
  if (job.state === "queued") return "Waiting for a free worker …";
  if (job.state === "succeeded") {
    return <>Analysis finished {job.finished_at && <Timestamp value={job.finished_at} />}</>;
  }
  return (
    <>
      Analysing: <strong>{words(job.stage)}</strong>
      {job.attempts > 1 && ` (attempt ${job.attempts} of ${job.max_attempts})`}
    </>
  );
}

function NoResult({ job, input, noResult }: Props) {
  const reason = job.error?.detail ?? "No reason was recorded.";
  return (
    <section className="notice no-result" role="alert">
      <h2>Not analysed: {job.state === "refused" ? `this ${input} was refused` : "the analysis failed"}</h2>
      <p className="reason">{reason}</p>
      <p>{noResult}</p>
      <p className="fine-print">
        {job.error && `Code ${job.error.code}, `}
        {job.attempts} of {job.max_attempts} attempts
        {job.finished_at && (
          <>
            {", "}
            <Timestamp value={job.finished_at} />
          </>
        )}
      </p>
      <RetryButton job={job} />
    </section>
  );
}
