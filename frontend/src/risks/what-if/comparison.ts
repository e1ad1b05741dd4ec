import type { RiskReport } from "../../api/types";
import { words } from "../../ui/format";
import { chance, NONE, signed, titleOf } from "../wording";

/** One figure as it is and as it is imagined. */
export interface Compared {
  name: string;
  known: string;
  imagined: string;
  /** The difference in the figure's own unit; null where there is none to be had. */
  change: string | null;
}

/** The figures of two reports side by side; of the scores those that either can compute. */
export function compared(known: RiskReport, imagined: RiskReport): Compared[] {
  return [
    {
      name: "Bedside score",
      known: known.bedside.score.toFixed(0),
      imagined: imagined.bedside.score.toFixed(0),
      change: difference(known.bedside.score, imagined.bedside.score, 0, ""),
    },
    {
      name: "Level of this score alone",
      known: words(known.bedside.momentary_level),
      imagined: words(imagined.bedside.momentary_level),
      change: null,
    },
    probability("Haematoma expansion", expansionOf(known), expansionOf(imagined)),
    probability("mRS 3 to 6 at 90 days", disabledOf(known), disabledOf(imagined)),
    figure("Median mRS", mrsOf(known), mrsOf(imagined)),
    ...known.scores
      .map(({ name, title }) => figure(titleOf(title), totalOf(known, name), totalOf(imagined, name)))
      .filter((score) => score.known !== NONE || score.imagined !== NONE),
  ];
}

function probability(name: string, known: number | null, imagined: number | null): Compared {
  const change = known === null || imagined === null ? null : difference(known * 100, imagined * 100, 1, " points");
  return { name, known: chance(known), imagined: chance(imagined), change };
}

function figure(name: string, known: number | null, imagined: number | null): Compared {
  const text = (value: number | null) => (value === null ? NONE : String(value));
  const change = known === null || imagined === null ? null : difference(known, imagined, 0, "");
  return { name, known: text(known), imagined: text(imagined), change };
}

/** Below half of the last digit there is none. */
function difference(known: number, imagined: number, digits: number, unit: string): string | null {
  const text = signed(imagined - known, digits);
  return /^[+−]/.test(text) ? text + unit : null;
}

function expansionOf({ expansion }: RiskReport): number | null {
  return expansion.status === "computed" ? expansion.probability : null;
}

function disabledOf({ outcome }: RiskReport): number | null {
  return outcome.status === "computed" ? outcome.probability_disabled : null;
}

function mrsOf({ outcome }: RiskReport): number | null {
  return outcome.status === "computed" ? outcome.mrs : null;
}

function totalOf({ scores }: RiskReport, name: string): number | null {
  const result = scores.find((score) => score.name === name)?.result;
  return result?.status === "computed" ? result.total : null;
}
