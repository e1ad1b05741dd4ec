import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client, idempotent } from "../api/client";
import { usePaged } from "../api/paged";
import type { Problem } from "../api/problem";
import { useSubmission } from "../api/submission";
import type { Job, Risk, RiskReport, WhatIfQuestion } from "../api/types";
import { hasEnded } from "../jobs/outcome";

/** An assessment takes milliseconds and its job tells nothing on the way: it is asked for until it ends. */
const LOOK_EVERY_MS = 1000;

/** A patient's assessments in lines, newest first. */
export function useRisks(patientId: string) {
  return usePaged(["patients", patientId, "risks"], (cursor) =>
    answer(
      client.GET("/api/v1/patients/{id}/risks", {
        params: { path: { id: patientId }, query: { ...(cursor && { cursor }) } },
      }),
    ),
  );
}

/** One assessment; an earlier one of the same patient stays until it has arrived, and none of anybody else. */
export function useRisk(id: string | undefined, patientId?: string) {
  return useQuery({
    queryKey: ["risks", id],
    queryFn: () => answer(client.GET("/api/v1/risks/{id}", { params: { path: { id: id ?? "" } } })),
    enabled: id !== undefined,
    placeholderData: (before: Risk | undefined) => (before?.patient_id === patientId ? before : undefined),
  });
}

/** Has a patient's risk computed now; answers with the job. */
export function useAssess(patientId: string) {
  const queries = useQueryClient();
  return useSubmission(
    (_: { after: string | undefined }, key) =>
      answer(
        client.POST("/api/v1/patients/{id}/risks", {
          params: { path: { id: patientId } },
          headers: idempotent(key),
        }),
      ),
    (job) => queries.setQueryData(["jobs", "one", job.id], job),
  );
}

/** The job of an assessment, watched until it ends; then the patient's assessments are fetched again. */
export function useAssessmentJob(job: Job | undefined) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["jobs", "one", job?.id],
    queryFn: async () => {
      const found = await answer(client.GET("/api/v1/jobs/{id}", { params: { path: { id: job?.id ?? "" } } }));
      if (found.state === "succeeded") {
        await queries.invalidateQueries({ queryKey: ["patients", found.patient_id, "risks"] });
      }
      return found;
    },
    enabled: job !== undefined,
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : LOOK_EVERY_MS),
  });
}

/** What is imagined, and what is known, both computed at the same moment: time alone changes a risk. */
export interface Imagined {
  known: RiskReport;
  imagined: RiskReport;
}

/** Asks "what if"; nothing of it is stored. */
export function useWhatIf(patientId: string) {
  const ask = (body: WhatIfQuestion) =>
    answer(client.POST("/api/v1/patients/{id}/risks/what-if", { body, params: { path: { id: patientId } } }));
  return useMutation<Imagined, Problem, WhatIfQuestion>({
    mutationFn: async (question) => {
      const [known, imagined] = await Promise.all([ask({}), ask(question)]);
      return { known, imagined };
    },
  });
}

/** Predicted expansions against those seen, of one model or of all. */
export function useCalibration(model: string | null) {
  return useQuery({
    queryKey: ["risks", "calibration", model],
    queryFn: () => answer(client.GET("/api/v1/risks/calibration", { params: { query: { ...(model && { model }) } } })),
  });
}

/** The cohort's oedema curves; they change with the shipped models alone. */
export function useOedemaCurves(isWanted = true) {
  return useQuery({
    queryKey: ["oedema-curves"],
    queryFn: () => answer(client.GET("/api/v1/risks/oedema-curves")),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
