/** Everything that the gateway reports live (`GET /api/v1/events`). */
export const EVENT_TYPES = [
  "study.created",
  "job.queued",
  "job.running",
  "job.progress",
  "job.succeeded",
  "job.refused",
  "job.failed",
  "finding.created",
  "video.created",
  "heart_rate.created",
  "heart_rates.disagree",
  "vitals.stored",
  "risk.created",
  "expansion.observed",
  "alert.opened",
  "alert.acknowledged",
  "alert.closed",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** One event; `id` grows by time and is what a reconnect resumes after. */
export interface PlatformEvent {
  id: number;
  type: EventType;
  patient_id: string | null;
  study_id: string | null;
  job_id: string | null;
  payload: Record<string, unknown>;
  created_at: string;
}
