import type { RiskLevel } from "../api/types";

/** A level as it is shown: a green of which little was seen is no all-clear, and does not look like one. */
export type Shown = RiskLevel | "unsure";

/** Less than half of a complete picture: more could be hidden than was seen. */
const SEEN_ENOUGH = 0.5;

/** What to show of a level by how much of the patient was seen; only a green needs that. */
export function shownLevel(level: RiskLevel, confidence: number): Shown {
  return level === "green" && confidence < SEEN_ENOUGH ? "unsure" : level;
}

/** The level by name. */
export const LEVEL_NAMES: Record<Shown, string> = {
  green: "Green",
  amber: "Amber",
  red: "Red",
  unsure: "Green, little seen",
};

/** What a level asks for. */
export const LEVEL_WORDS: Record<Shown, string> = {
  green: "Watch as usual",
  amber: "Watch closely",
  red: "See the patient now",
  unsure: "No all-clear: more could be hidden than was seen",
};
