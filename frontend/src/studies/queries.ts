import { useQuery } from "@tanstack/react-query";
import { answer, client } from "../api/client";
import { usePaged } from "../api/paged";

/** Studies of one patient, newest first. */
export function usePatientStudies(patientId: string) {
  return usePaged(["patients", patientId, "studies"], (cursor) =>
    answer(
      client.GET("/api/v1/patients/{id}/studies", {
        params: { path: { id: patientId }, query: { ...(cursor && { cursor }) } },
      }),
    ),
  );
}

/** One study with its latest job and finding. */
export function useStudy(id: string) {
  return useQuery({
    queryKey: ["studies", id],
    queryFn: () => answer(client.GET("/api/v1/studies/{id}", { params: { path: { id } } })),
  });
}
