import { useQuery } from "@tanstack/react-query";
import { answer, client } from "../api/client";
import { usePaged } from "../api/paged";

/** With time values leave the window and grow old, also where no event tells so. */
const LOOK_EVERY_MS = 60_000;

/** A patient's heart rate from all that measured it in the last hours, minute by minute; the earliest first. */
export function usePatientHeartRate(patientId: string, hours: number) {
  return useQuery({
    queryKey: ["patients", patientId, "heart-rate", hours],
    queryFn: () =>
      answer(client.GET("/api/v1/patients/{id}/heart-rate", { params: { path: { id: patientId }, query: { hours } } })),
    refetchInterval: LOOK_EVERY_MS,
  });
}

/** Videos of one patient, newest first. */
export function usePatientVideos(patientId: string) {
  return usePaged(["patients", patientId, "videos"], (cursor) =>
    answer(
      client.GET("/api/v1/patients/{id}/videos", {
        params: { path: { id: patientId }, query: { ...(cursor && { cursor }) } },
      }),
    ),
  );
}

/** One video with its latest job and reading. */
export function useVideo(id: string) {
  return useQuery({
    queryKey: ["videos", id],
    queryFn: () => answer(client.GET("/api/v1/videos/{id}", { params: { path: { id } } })),
  });
}
