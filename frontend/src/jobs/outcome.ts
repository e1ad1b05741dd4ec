import type { Job } from "../api/types";

/** True when the analysis ended without a result. */
export function isWithoutResult(job: Job): boolean {
  return job.state === "refused" || job.state === "failed";
}

/** True when the analysis is over, with or without a result. */
export function hasEnded(job: Job): boolean {
  return job.state === "succeeded" || isWithoutResult(job);
}
