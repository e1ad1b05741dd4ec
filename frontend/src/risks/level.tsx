import type { RiskLevel } from "../api/types";
import { words } from "../ui/format";

/** A level as shape, word and colour, so that no one of them is needed to tell it. */
export function Level({ level }: { level: RiskLevel }) {
  return (
    <span className={`badge risk-level risk-${level}`}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <path d={SHAPES[level]} />
      </svg>
      {words(level)}
    </span>
  );
}

/** Circle, triangle and octagon, within 14 × 14. */
const SHAPES: Record<RiskLevel, string> = {
  green: "M7 1a6 6 0 1 1 0 12a6 6 0 1 1 0-12z",
  amber: "M7 1L13.5 13H.5z",
  red: "M4.5 1h5L13 4.5v5L9.5 13h-5L1 9.5v-5z",
};

/** The same shape as a mark in a plot, around (x, y). */
export function LevelMark({
  level,
  x,
  y,
  children,
}: {
  level: RiskLevel;
  x: number;
  y: number;
  children?: React.ReactNode;
}) {
  return (
    <path className={`mark risk-${level}`} d={SHAPES[level]} transform={`translate(${x - 5} ${y - 5}) scale(0.714)`}>
      {children}
    </path>
  );
}
