import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client, idempotent } from "../api/client";
import { usePaged } from "../api/paged";
import type { Problem } from "../api/problem";
import { useSubmission } from "../api/submission";
import type { Patient, PatientInput } from "../api/types";

const ROOT = ["patients"];

/** Patients whose name or record number contains `search`, by name. */
export function usePatients(search: string) {
  return usePaged(["patients", "list", search], (cursor) =>
    answer(
      client.GET("/api/v1/patients", {
        params: { query: { ...(search && { q: search }), ...(cursor && { cursor }) } },
      }),
    ),
  );
}

/** One patient. */
export function usePatient(id: string) {
  return useQuery({
    queryKey: ["patients", id],
    queryFn: () => answer(client.GET("/api/v1/patients/{id}", { params: { path: { id } } })),
  });
}

/** Creates a patient. */
export function useCreatePatient(onCreated: (patient: Patient) => void) {
  const queries = useQueryClient();
  return useSubmission(
    (body: PatientInput, key) => answer(client.POST("/api/v1/patients", { body, headers: idempotent(key) })),
    (patient) => {
      void queries.invalidateQueries({ queryKey: ["patients", "list"] });
      onCreated(patient);
    },
  );
}

/** Changes a patient's facts. */
export function useUpdatePatient(id: string, onUpdated: () => void) {
  const queries = useQueryClient();
  return useMutation<Patient, Problem, PatientInput>({
    mutationFn: (body) => answer(client.PATCH("/api/v1/patients/{id}", { body, params: { path: { id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ROOT });
      onUpdated();
    },
  });
}

/** Takes a patient off the list; nothing is deleted. */
export function useArchivePatient(id: string, onArchived: () => void) {
  const queries = useQueryClient();
  return useMutation<unknown, Problem>({
    mutationFn: () => answer(client.DELETE("/api/v1/patients/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ROOT });
      onArchived();
    },
  });
}
