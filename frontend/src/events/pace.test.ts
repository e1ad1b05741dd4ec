import type { QueryKey } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Pace } from "./pace";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A refresh of what takes so long to fetch, and the moments at which it began. */
function fetching(takesMs: number) {
  const begun: number[] = [];
  const pace = new Pace(() => {
    begun.push(performance.now());
    return new Promise((resolve) => setTimeout(resolve, takesMs));
  });
  return { pace, begun };
}

it("refreshes at once, and what was asked for meanwhile once more", async () => {
  const { pace, begun } = fetching(100);
  const start = performance.now();
  for (let n = 0; n < 5; n += 1) pace.ask(["jobs"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(begun.map((at) => at - start)).toEqual([0, 1100]);
});

it("lets a slow fetch come to its end however often it is asked for, and rests four times as long", async () => {
  const { pace, begun } = fetching(2000);
  const start = performance.now();
  for (let second = 0; second < 25; second += 1) {
    pace.ask(["patients", "one", "heart-rate"]);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(begun.map((at) => at - start)).toEqual([0, 10_000, 20_000]);
});

it("holds nothing back for the sake of something else", () => {
  const asked: QueryKey[] = [];
  const pace = new Pace((key) => {
    asked.push(key);
    return Promise.resolve();
  });
  pace.ask(["studies", "one"]);
  pace.ask(["studies", "other"]);
  expect(asked).toEqual([
    ["studies", "one"],
    ["studies", "other"],
  ]);
});
