import type { QueryKey } from "@tanstack/react-query";
import type { Study } from "../api/types";
import { hasEnded } from "../jobs/outcome";
import type { PlatformEvent } from "./types";

/** The cached queries that an event makes out of date. */
export function staleKeys(event: PlatformEvent): QueryKey[] {
  switch (event.type) {
    case "study.created":
      return [["patients", event.patient_id, "studies"]];
    case "job.progress":
      return []; // frequent: applied in place by withProgress instead of fetched again
    case "finding.created":
      return [["studies", event.study_id]];
    case "job.queued":
    case "job.running":
    case "job.succeeded":
    case "job.refused":
    case "job.failed":
      return [["studies", event.study_id], ["patients", event.patient_id, "studies"], ["jobs"]];
    case "risk.created":
      return [["patients", event.patient_id, "risks"]];
    case "expansion.observed":
      return [["risks"]]; // the assessment that predicted it, and the calibration
    case "alert.opened":
    case "alert.acknowledged":
    case "alert.closed":
      return [["alerts"]];
  }
}

/** The study with the progress that a `job.progress` event reports; unchanged when the event is about another job. */
export function withProgress(study: Study, event: PlatformEvent): Study {
  const { job } = study;
  const { progress, stage } = event.payload;
  if (!job || job.id !== event.job_id || typeof progress !== "number" || hasEnded(job)) return study;
  const moved = { ...job, progress, ...(typeof stage === "string" && { stage }) };
  return { ...study, job: moved };
}
