import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem, type Problem } from "./problem";

/**
 * Idempotency keys of one form: the same content sent again after a failure of unknown outcome keeps its key, so that
 * the gateway acts once; changed content, or content sent again after a definite answer, gets a new key.
 */
export class Submission {
  private pending: { fingerprint: string; key: string } | null = null;

  /** The key to send with content of this fingerprint. */
  keyFor(fingerprint: string): string {
    if (this.pending?.fingerprint !== fingerprint) this.pending = { fingerprint, key: newKey() };
    return this.pending.key;
  }

  /** The gateway gave a definite answer: the next sending is a new submission. */
  settle(): void {
    this.pending = null;
  }

  /** Runs `send` with the right key and settles it unless the outcome stays unknown. */
  async run<R>(fingerprint: string, send: (key: string) => Promise<R>): Promise<R> {
    try {
      const result = await send(this.keyFor(fingerprint));
      this.settle();
      return result;
    } catch (error) {
      const problem = asProblem(error);
      if (!problem.outcomeUnknown) this.settle();
      throw problem;
    }
  }
}

/** A mutation whose POST carries an Idempotency-Key as {@link Submission} describes. */
export function useSubmission<V, R>(send: (values: V, key: string) => Promise<R>, onSuccess?: (result: R) => unknown) {
  const [submission] = useState(() => new Submission());
  return useMutation<R, Problem, V>({
    mutationFn: (values) => submission.run(JSON.stringify(values) ?? "", (key) => send(values, key)),
    ...(onSuccess && { onSuccess }),
  });
}

/** A random UUID (version 4), also over plain http, where crypto.randomUUID is not available. */
export function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
