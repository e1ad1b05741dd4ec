import type { Job, RiskSummary } from "../api/types";
import { hasEnded, isWithoutResult } from "../jobs/outcome";
import { RetryButton } from "../jobs/retry-button";
import { percent, words } from "../ui/format";
import { ProblemNotice } from "../ui/problem-notice";
import { useAssess, useAssessmentJob } from "./queries";

interface Props {
  patientId: string;
  latest: RiskSummary | undefined;
}

/** Has the risk computed now, though nothing new has arrived, and follows the job to its end. */
export function AssessNow({ patientId, latest }: Props) {
  const assess = useAssess(patientId);
  const followed = useAssessmentJob(assess.data);
  const job = followed.data ?? assess.data;
  const isBusy = assess.isPending || (job !== undefined && !hasEnded(job));
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={isBusy}
        onClick={() => assess.mutate({ after: job?.id ?? latest?.id })}
      >
        Assess now
      </button>
      <span role="status" className="fine-print">
        {assess.isPending ? "Asking …" : job && progressOf(job)}
      </span>
      {assess.error && <ProblemNotice error={assess.error} heading="No assessment was asked for" />}
      {followed.error && <ProblemNotice error={followed.error} heading="The assessment could not be followed" />}
      {job && isWithoutResult(job) && <NotAssessed job={job} />}
    </>
  );
}

function progressOf(job: Job): string {
  if (job.state === "succeeded") return "Assessed.";
  if (isWithoutResult(job)) return "Not assessed.";
  if (job.error) return `Waiting for another attempt: ${job.error.detail}`;
  if (job.state === "queued") return "Waiting for a free worker …";
  return `Assessing: ${words(job.stage)}, ${percent(job.progress)}`;
}

/** What is shown below is of before: loud, so that it is not taken for the present. */
function NotAssessed({ job }: { job: Job }) {
  return (
    <div className="notice bad wide" role="alert">
      <strong>Not assessed: the assessment was {job.state === "refused" ? "refused" : "tried and failed"}</strong>
      <p>{job.error?.detail ?? "No reason was recorded."} What is shown below is older.</p>
      <p className="fine-print">
        {job.error && `Code ${job.error.code}, `}
        {job.attempts} of {job.max_attempts} attempts
      </p>
      <RetryButton job={job} />
    </div>
  );
}
