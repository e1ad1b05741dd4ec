import type { ReactNode } from "react";
import type { RiskLevel } from "../api/types";
import { LEVEL_NAMES, type Shown, shownLevel } from "./level";

/** A level as shape, word and colour, so that no one of them is needed to tell it. */
export function LevelBadge({ level, confidence }: { level: RiskLevel; confidence: number }) {
  const shown = shownLevel(level, confidence);
  return (
    <span className={`badge risk-level risk-${shown}`}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <path d={SHAPES[shown]} fillRule="evenodd" />
      </svg>
      {LEVEL_NAMES[shown]}
    </span>
  );
}

/** Disc, triangle, diamond and ring, within 14 × 14: told apart at the size of a letter. */
const SHAPES: Record<Shown, string> = {
  green: "M7 1a6 6 0 1 1 0 12a6 6 0 1 1 0-12z",
  amber: "M7 1L13.5 13H.5z",
  red: "M7 0L14 7L7 14L0 7z",
  unsure: "M7 1a6 6 0 1 1 0 12a6 6 0 1 1 0-12zM7 3.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7z",
};

interface MarkProps {
  shown: Shown;
  x: number;
  y: number;
  children?: ReactNode;
}

/** The same shape as a mark in a plot, around (x, y). */
export function LevelMark({ shown, x, y, children }: MarkProps) {
  return (
    <path
      className={`mark risk-${shown}`}
      d={SHAPES[shown]}
      fillRule="evenodd"
      transform={`translate(${x - 6} ${y - 6}) scale(0.857)`}
    >
      {children}
    </path>
  );
}
