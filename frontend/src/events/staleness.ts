import type { QueryKey } from "@tanstack/react-query";
import type { Job } from "../api/types";
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
      return [...inputsOf(event), ["jobs"]];
    case "video.created":
      return [["patients", event.patient_id, "videos"]];
    case "heart_rate.created":
      return [...videosOf(event), heartRateOf(event)];
    case "heart_rates.disagree":
    case "vitals.stored":
      return [heartRateOf(event)];
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

/** What is analysed, whose state an event of its job changes. */
function inputsOf(event: PlatformEvent): QueryKey[] {
  if (event.study_id === null) return videosOf(event);
  return [
    ["studies", event.study_id],
    ["patients", event.patient_id, "studies"],
  ];
}

/** Every video: events do not name theirs, and at most one is shown. */
function videosOf(event: PlatformEvent): QueryKey[] {
  return [["videos"], ["patients", event.patient_id, "videos"]];
}

function heartRateOf(event: PlatformEvent): QueryKey {
  return ["patients", event.patient_id, "heart-rate"];
}

/** A study or video with the progress that a `job.progress` event reports; unchanged when it is about another job. */
export function withProgress<T extends { job: Job | null }>(input: T, event: PlatformEvent): T {
  const { job } = input;
  const { progress, stage } = event.payload;
  if (!job || job.id !== event.job_id || typeof progress !== "number" || hasEnded(job)) return input;
  const moved = { ...job, progress, ...(typeof stage === "string" && { stage }) };
  return { ...input, job: moved };
}
