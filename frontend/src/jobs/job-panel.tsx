import type { Job } from "../api/types";
import { percent, words } from "../ui/format";
import { Timestamp } from "../ui/timestamp";
import { isWithoutResult } from "./outcome";
import { RetryButton } from "./retry-button";

/** The state of a study's analysis. A refusal or failure is loud: no result must never look like a negative one. */
export function JobPanel({ job }: { job: Job }) {
  if (isWithoutResult(job)) return <NoResult job={job} />;
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

function NoResult({ job }: { job: Job }) {
  const reason = job.error?.detail ?? "No reason was recorded.";
  return (
    <section className="notice no-result" role="alert">
      <h2>Not analysed: {job.state === "refused" ? "this study was refused" : "the analysis failed"}</h2>
      <p className="reason">{reason}</p>
      <p>
        <strong>There is no result. This is not a negative finding</strong>; the images need to be read by a person.
      </p>
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
