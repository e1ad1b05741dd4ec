import type { Contribution } from "../../api/types";
import { arranged, barOf } from "../contributions";
import { signed } from "../wording";

interface Props {
  contributions: readonly Contribution[];
  unit: string;
  digits: number;
  /** What a bar to the right stands for. */
  adds: string;
}

const WIDTH = 120;

/** What adds and what takes away, the largest first; the small folded away, the unknown named. */
export function ContributionBars({ contributions, unit, digits, adds }: Props) {
  const { main, minor, unknown, largest } = arranged(contributions);
  const bars = (parts: Contribution[]) => (
    <ul className="bars">
      {parts.map((part) => (
        <Bar key={part.name} part={part} largest={largest} digits={digits} />
      ))}
    </ul>
  );
  return (
    <>
      <p className="fine-print">
        In {unit}; + and to the right: {adds}.
      </p>
      {bars(main)}
      {minor.length > 0 && (
        <details className="minor">
          <summary>{minor.length} smaller</summary>
          {bars(minor)}
        </details>
      )}
      {unknown.length > 0 && (
        <p className="fine-print">
          <strong>Not known, taken as average, and so adding nothing:</strong> {unknown.join(", ")}.
        </p>
      )}
    </>
  );
}

function Bar({ part, largest, digits }: { part: Contribution; largest: number; digits: number }) {
  const { start, length } = barOf(part.contribution, largest);
  return (
    <li>
      <span className="bar-label">{part.label}</span>
      <svg viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" aria-hidden="true">
        <rect
          className={part.contribution < 0 ? "takes" : "adds"}
          x={start * WIDTH}
          y="1"
          width={length * WIDTH}
          height="12"
        />
        <line className="axis" x1={WIDTH / 2} x2={WIDTH / 2} y1="0" y2="14" vectorEffect="non-scaling-stroke" />
      </svg>
      <span className="figure-small">{signed(part.contribution, digits)}</span>
      {part.reason && <span className="bar-reason fine-print">{part.reason}</span>}
    </li>
  );
}
