import { percent } from "../../ui/format";
import { MRS_WORDS } from "../wording";
import { stacked } from "./segments";

const WIDTH = 400;
/** Narrower parts have no room for their digit. */
const LEAST_LABELLED = 0.05;
/** Dependent on others in daily life from here on. */
const DISABLED_FROM = 3;

/** The distribution of the modified Rankin Scale as one bar, with its figures below. */
export function MrsBar({ probabilities }: { probabilities: number[] }) {
  const segments = stacked(probabilities);
  const disabledAt = (segments[DISABLED_FROM]?.start ?? 0) * WIDTH;
  return (
    <figure className="mrs">
      <svg viewBox={`0 0 ${WIDTH} 38`} role="img" aria-label="Distribution of the modified Rankin Scale">
        {segments.map(({ start, share }, mrs) => (
          <g key={mrs} className={`mrs-${mrs}`}>
            <rect x={start * WIDTH} y="0" width={share * WIDTH} height="26" />
            {share >= LEAST_LABELLED && (
              <text x={(start + share / 2) * WIDTH} y="13.5" textAnchor="middle" dominantBaseline="central">
                {mrs}
              </text>
            )}
          </g>
        ))}
        <path className="bracket" d={`M${disabledAt + 1},29V35H${WIDTH - 1}V29`} />
      </svg>
      <figcaption className="visually-hidden">The bracket marks mRS 3 to 6.</figcaption>
      <table className="compact">
        <thead>
          <tr>
            <th scope="col">mRS</th>
            {MRS_WORDS.map((words, mrs) => (
              <th key={words} scope="col">
                <abbr title={words}>{mrs}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Chance</th>
            {probabilities.map((probability, mrs) => (
              <td key={MRS_WORDS[mrs]}>{percent(probability)}</td>
            ))}
          </tr>
        </tbody>
      </table>
    </figure>
  );
}
