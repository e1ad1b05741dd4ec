import type { Job } from "../api/types";
import { useMayWrite } from "../session/session";
import { ProblemNotice } from "../ui/problem-notice";
import { isWithoutResult } from "./outcome";
import { useRetryJob } from "./queries";

/** Offers to run a refused or failed job again. */
export function RetryButton({ job }: { job: Job }) {
  const retry = useRetryJob(job);
  const mayWrite = useMayWrite();
  if (!mayWrite || !isWithoutResult(job)) return null;
  return (
    <>
      <button type="button" className="button" disabled={retry.isPending} onClick={() => retry.mutate(job)}>
        Retry analysis
      </button>
      {retry.error && <ProblemNotice error={retry.error} heading="The analysis was not queued again" />}
    </>
  );
}
