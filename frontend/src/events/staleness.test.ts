import { expect, it } from "vitest";
import type { Job, Study, Video } from "../api/types";
import { staleKeys, withProgress } from "./staleness";
import { EVENT_TYPES, type PlatformEvent } from "./types";

const job = { id: "job", state: "running", progress: 0.2, stage: "reading" } as Job;
const study = { id: "study", job } as Study;

function event(type: PlatformEvent["type"], payload: PlatformEvent["payload"] = {}): PlatformEvent {
  return { id: 1, type, patient_id: "patient", study_id: "study", job_id: "job", payload, created_at: "2026-01-01" };
}

it("makes something out of date on every event but progress", () => {
  const silent = EVENT_TYPES.filter((type) => staleKeys(event(type)).length === 0);
  expect(silent).toEqual(["job.progress"]);
});

it("fetches the study and its patient's list again when a job ends", () => {
  expect(staleKeys(event("job.refused"))).toEqual([["studies", "study"], ["patients", "patient", "studies"], ["jobs"]]);
});

it("fetches the videos and their patient's list again when a job that is about no study ends", () => {
  const keys = staleKeys({ ...event("job.succeeded"), study_id: null });
  expect(keys).toEqual([["videos"], ["patients", "patient", "videos"], ["jobs"]]);
});

it("fetches a patient's heart rate again whatever measured it, and the video that was read", () => {
  const course = ["patients", "patient", "heart-rate"];
  for (const type of ["vitals.stored", "heart_rates.disagree", "heart_rate.created"] as const) {
    expect(staleKeys(event(type))).toContainEqual(course);
  }
  expect(staleKeys(event("heart_rate.created"))).toContainEqual(["videos"]);
  expect(staleKeys(event("video.created"))).toEqual([["patients", "patient", "videos"]]);
});

it("fetches a patient's assessments again when there is a new one, and what came of the old when a CT tells", () => {
  expect(staleKeys(event("risk.created"))).toEqual([["patients", "patient", "risks"]]);
  expect(staleKeys(event("expansion.observed"))).toEqual([["risks"]]);
});

it("moves the progress of the study's own job", () => {
  const moved = withProgress(study, event("job.progress", { progress: 0.6, stage: "segmentation" }));
  expect(moved.job).toMatchObject({ progress: 0.6, stage: "segmentation" });
});

it("moves the progress of a video as that of a study", () => {
  const video = { id: "video", job } as Video;
  const moved = withProgress(video, { ...event("job.progress", { progress: 0.6 }), study_id: null });
  expect(moved).toMatchObject({ id: "video", job: { progress: 0.6, stage: "reading" } });
});

it("leaves a study alone when the progress belongs to an earlier job", () => {
  const late = { ...event("job.progress", { progress: 0.6 }), job_id: "other" };
  expect(withProgress(study, late)).toBe(study);
});

it("does not let late progress reopen a job that has ended", () => {
  const ended = { ...study, job: { ...job, state: "refused" as const } };
  expect(withProgress(ended, event("job.progress", { progress: 0.6 }))).toBe(ended);
});
