import { expect, it } from "vitest";
import text from "../../openapi.json?raw";
import type { WithheldReason } from "../api/types";
import { REASONS, reasonInWords, wordsOf } from "./reasons";

interface Description {
  components: { schemas: Record<string, { enum?: string[]; properties?: Record<string, { anyOf?: object[] }> }> };
}

/** The codes as the gateway itself describes them. */
function codes(): string[] {
  const { schemas } = (JSON.parse(text) as Description).components;
  const [named] = schemas.HeartRateReport?.properties?.reason?.anyOf as [{ $ref: string }];
  return schemas[named.$ref.split("/").at(-1) ?? ""]?.enum ?? [];
}

it("has words for each reason of the gateway, and for none besides", () => {
  expect(codes().length).toBeGreaterThan(10);
  expect(Object.keys(REASONS).sort()).toEqual(codes().sort());
});

it("says why and what to do in one sentence each, and never the same for two", () => {
  const all = Object.values(REASONS);
  for (const { why, advice } of all) {
    for (const sentence of [why, advice]) expect(sentence).toMatch(/^[A-Z][^.]+\.$/);
    expect(why).not.toMatch(/_/);
  }
  expect(new Set(all.map(({ why }) => why)).size).toBe(all.length);
});

it("shows the code of a reason that it does not know", () => {
  expect(wordsOf("toString" as WithheldReason).why).toContain("toString");
  expect(reasonInWords(null)).toContain("not recorded");
});
