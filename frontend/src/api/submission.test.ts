import { afterEach, describe, expect, it, vi } from "vitest";
import { Problem } from "./problem";
import { newKey, Submission } from "./submission";

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Sends `content` once per outcome and returns the keys that were used. */
async function keysOf(outcomes: (Error | null)[], content: (attempt: number) => string): Promise<string[]> {
  const submission = new Submission();
  const keys: string[] = [];
  for (const [attempt, outcome] of outcomes.entries()) {
    const sent = submission.run(content(attempt), (key) => {
      keys.push(key);
      return outcome ? Promise.reject(outcome) : Promise.resolve();
    });
    await sent.catch(() => undefined);
  }
  return keys;
}

const lost = new TypeError("Failed to fetch");
const overloaded = new Problem(503, "temporarily_unavailable", "");
const refused = new Problem(409, "patient_exists", "");

describe("a submission", () => {
  it("keeps its key while the outcome is unknown", async () => {
    const keys = await keysOf([lost, overloaded, null], () => "same");
    expect(new Set(keys).size).toBe(1);
  });

  it("gets a new key after success", async () => {
    const keys = await keysOf([null, null], () => "same");
    expect(new Set(keys).size).toBe(2);
  });

  it("gets a new key after a definite refusal, whose answer the gateway would replay", async () => {
    const keys = await keysOf([refused, null], () => "same");
    expect(new Set(keys).size).toBe(2);
  });

  it("gets a new key when its content changed", async () => {
    const keys = await keysOf([lost, null], (attempt) => `content ${attempt}`);
    expect(new Set(keys).size).toBe(2);
  });
});

describe("a key", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is a version 4 UUID", () => {
    expect(newKey()).toMatch(UUID_4);
  });

  it("is one over plain http too, where crypto.randomUUID does not exist", () => {
    vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(0xff) });
    expect(newKey()).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  });
});
