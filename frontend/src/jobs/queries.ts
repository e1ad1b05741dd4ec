import { useQueryClient } from "@tanstack/react-query";
import { answer, client, idempotent } from "../api/client";
import { usePaged } from "../api/paged";
import { useSubmission } from "../api/submission";
import type { Job, JobState } from "../api/types";

/** The many assessments of patients' risks are listed where they ended without a result, as whatever else did. */
const WITHOUT_RESULT: readonly string[] = ["refused", "failed"];

const ANALYSES: Job["kind"][] = ["ct.segment", "heart_rate.estimate"];

/** Jobs in one state, or all, newest first. */
export function useJobs(state: JobState | "all") {
  return usePaged(["jobs", state], (cursor) =>
    answer(
      client.GET("/api/v1/jobs", {
        params: {
          query: {
            ...(state !== "all" && { state }),
            ...(!WITHOUT_RESULT.includes(state) && { kind: ANALYSES }),
            ...(cursor && { cursor }),
          },
        },
      }),
    ),
  );
}

/** Queues a refused or failed job again. */
export function useRetryJob(job: Job) {
  const queries = useQueryClient();
  return useSubmission(
    // finished_at is part of the submission: a second retry after a second failure is a new one.
    ({ id }: Pick<Job, "id" | "finished_at">, key) =>
      answer(client.POST("/api/v1/jobs/{id}/retry", { params: { path: { id } }, headers: idempotent(key) })),
    () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["jobs"] }),
        queries.invalidateQueries({ queryKey: ["studies", job.study_id] }),
        queries.invalidateQueries({ queryKey: ["videos", job.video_id] }),
      ]),
  );
}
