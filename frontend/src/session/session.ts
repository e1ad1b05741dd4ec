import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "../api/client";
import { Problem } from "../api/problem";
import type { User } from "../api/types";

/** The signed-in user, null when there is no valid session. */
export function useSession() {
  return useQuery({ queryKey: ["session"], queryFn: currentUser, staleTime: 60_000 });
}

/** The signed-in user on pages that are shown only when there is one. */
export function useUser(): User | null {
  return useSession().data ?? null;
}

/** Clinicians and administrators change clinical data; viewers read. */
export function useMayWrite(): boolean {
  const role = useUser()?.role;
  return role === "admin" || role === "clinician";
}

/** Opens a session; the gateway sets the cookie, the token in the answer is not kept. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation<User, Problem, { username: string; password: string }>({
    // No Idempotency-Key: the answer is a secret that the gateway never stores.
    mutationFn: async (body) => (await answer(client.POST("/api/v1/sessions", { body }))).user,
    onSuccess: (user) => queries.setQueryData(["session"], user),
  });
}

/** Ends the session and forgets all data that was shown. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answer(client.DELETE("/api/v1/sessions/current")),
    onSettled: () => queries.setQueryData(["session"], null),
  });
}

async function currentUser(): Promise<User | null> {
  try {
    return (await answer(client.GET("/api/v1/sessions/current"))).user;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}
