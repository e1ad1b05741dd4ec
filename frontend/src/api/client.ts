import createClient from "openapi-fetch";
import { problemFrom } from "./problem";
import type { paths } from "./schema";

/** Typed client of the gateway. Same origin: the session cookie travels by itself. */
export const client = createClient<paths>({ baseUrl: "" });

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer; throws the {@link Problem} that the gateway described otherwise. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as T;
}

/** The header that makes a repeated POST act once. */
export function idempotent(key: string): { "Idempotency-Key": string } {
  return { "Idempotency-Key": key };
}
