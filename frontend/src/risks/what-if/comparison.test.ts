import { expect, it } from "vitest";
import type { RiskReport } from "../../api/types";
import { compared } from "./comparison";

const NOT_COMPUTABLE = { status: "not_computable", reasons: [] };

function report(score: number, expansion: number | null, ich: number | null): RiskReport {
  return {
    bedside: { score, momentary_level: score >= 60 ? "red" : "green" },
    expansion: expansion === null ? NOT_COMPUTABLE : { status: "computed", probability: expansion },
    outcome: NOT_COMPUTABLE,
    scores: [
      {
        name: "ich",
        title: "the ICH score",
        version: "2001",
        result: ich === null ? NOT_COMPUTABLE : { status: "computed", total: ich },
      },
    ],
  } as unknown as RiskReport;
}

it("holds what is imagined beside what is known, with the change in the figure's unit", () => {
  const rows = compared(report(20, 0.07, 2), report(65, 0.19, 3));
  expect(rows.map(({ name, known, imagined, change }) => [name, known, imagined, change])).toEqual([
    ["Bedside score", "20", "65", "+45"],
    ["Level of this score alone", "Green", "Red", null],
    ["Haematoma expansion", "7 %", "19 %", "+12.0 points"],
    ["mRS 3 to 6 at 90 days", "—", "—", null],
    ["Median mRS", "—", "—", null],
    ["ICH score", "2", "3", "+1"],
  ]);
});

it("tells no change from or to what is not computable, nor below a whole point", () => {
  const rows = compared(report(20.2, null, 2), report(20.4, 0.2, null));
  const [score, , expansion, , , ich] = rows;
  expect(score?.change).toBeNull();
  expect(expansion).toMatchObject({ known: "—", imagined: "20 %", change: null });
  expect(ich).toMatchObject({ known: "2", imagined: "—", change: null });
  expect(compared(report(0, null, null), report(0, null, null)).map(({ name }) => name)).not.toContain("ICH score");
});
