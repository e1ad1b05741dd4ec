import type { History, Patient } from "../api/types";
import { words } from "../ui/format";

/** Facts of a history that the page can record; others that a client stored are shown and kept as they are. */
export const HISTORY_ITEMS = [
  { key: "hypertension", label: "Hypertension" },
  { key: "diabetes", label: "Diabetes" },
  { key: "takes_anticoagulant", label: "Takes an anticoagulant" },
  { key: "takes_antiplatelet", label: "Takes an antiplatelet drug" },
  { key: "previous_stroke", label: "Previous stroke" },
];

/** Every recorded fact in words: `Hypertension`, `Anticoagulant: warfarin`, `Diabetes: no`. */
export function historyInWords(history: Patient["history"]): string[] {
  return Object.entries(history).map(([key, value]) => {
    const label = HISTORY_ITEMS.find((item) => item.key === key)?.label ?? words(key);
    if (value === true) return label;
    return `${label}: ${value === false ? "no" : String(value)}`;
  });
}

/** The history with these items ticked; what the form does not show stays, an item not ticked is left out as unknown. */
export function withTicked(history: Patient["history"], ticked: readonly string[]): History {
  const others = Object.entries(history).filter(([key, value]) => value !== true || !isItem(key));
  return Object.fromEntries([...others, ...ticked.map((key) => [key, true])]) as History;
}

function isItem(key: string): boolean {
  return HISTORY_ITEMS.some((item) => item.key === key);
}
