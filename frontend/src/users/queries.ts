import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client, idempotent } from "../api/client";
import { usePaged } from "../api/paged";
import type { Problem } from "../api/problem";
import { useSubmission } from "../api/submission";
import type { NewUser, User } from "../api/types";

/** All users, for administrators. */
export function useUsers() {
  return usePaged(["users"], (cursor) =>
    answer(client.GET("/api/v1/users", { params: { query: { ...(cursor && { cursor }) } } })),
  );
}

/** Creates a user. */
export function useCreateUser(onCreated: () => void) {
  const queries = useQueryClient();
  return useSubmission(
    (body: NewUser, key) => answer(client.POST("/api/v1/users", { body, headers: idempotent(key) })),
    async () => {
      await queries.invalidateQueries({ queryKey: ["users"] });
      onCreated();
    },
  );
}

/** Lets a user sign in or no longer. */
export function useSetDisabled(user: User) {
  const queries = useQueryClient();
  return useMutation<User, Problem, boolean>({
    mutationFn: (disabled) =>
      answer(client.PATCH("/api/v1/users/{id}", { body: { disabled }, params: { path: { id: user.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["users"] }),
  });
}
