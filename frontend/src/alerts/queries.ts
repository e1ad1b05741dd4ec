import { useQueryClient } from "@tanstack/react-query";
import { answer, client, idempotent } from "../api/client";
import { usePaged } from "../api/paged";
import { useSubmission } from "../api/submission";
import type { AlertState } from "../api/types";

/** Alerts in one state, newest first. */
export function useAlerts(state: AlertState) {
  return usePaged(["alerts", state], (cursor) =>
    answer(client.GET("/api/v1/alerts", { params: { query: { state, ...(cursor && { cursor }) } } })),
  );
}

/** One alert; used where only its id is known. */
export function fetchAlert(id: string) {
  return answer(client.GET("/api/v1/alerts/{id}", { params: { path: { id } } }));
}

/** Marks an alert as seen by a person who takes care of it. */
export function useAcknowledge(id: string) {
  const refresh = useRefreshAlerts();
  return useSubmission(
    ({ reason }: { reason: string }, key) =>
      answer(
        client.POST("/api/v1/alerts/{id}/acknowledge", {
          body: reason ? { reason } : {},
          params: { path: { id } },
          headers: idempotent(key),
        }),
      ),
    refresh,
  );
}

/** Closes an alert for a stated reason. */
export function useClose(id: string) {
  const refresh = useRefreshAlerts();
  return useSubmission(
    (body: { reason: string }, key) =>
      answer(
        client.POST("/api/v1/alerts/{id}/close", {
          body,
          params: { path: { id } },
          headers: idempotent(key),
        }),
      ),
    refresh,
  );
}

function useRefreshAlerts() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["alerts"] });
}
