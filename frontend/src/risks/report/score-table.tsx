import type { ClinicalScore, NamedScore } from "../../api/types";
import { TableFrame } from "../../ui/table-frame";
import { titleOf } from "../wording";
import { Reasons } from "./not-computed";

/** The published clinical scores, computed or with the reasons why not. */
export function ScoreTable({ scores }: { scores: NamedScore[] }) {
  return (
    <TableFrame>
      <table>
        <thead>
          <tr>
            <th scope="col">Score</th>
            <th scope="col">Total</th>
            <th scope="col">Meaning, or why there is none</th>
          </tr>
        </thead>
        <tbody>
          {scores.map(({ name, title, version, result }) => (
            <tr key={name}>
              <th scope="row">
                {titleOf(title)} <span className="fine-print">({version})</span>
              </th>
              <td className="no-break">
                {result.status === "computed" ? (
                  <>
                    <strong>{result.total}</strong> of {result.lowest} to {result.highest}
                  </>
                ) : (
                  "Not computable"
                )}
              </td>
              <td>{result.status === "computed" ? <Meaning score={result} /> : <Reasons result={result} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function Meaning({ score }: { score: ClinicalScore }) {
  const { meanings, higher_is, cautions, unchecked, items, provenance, citation } = score;
  return (
    <>
      {meanings.map(({ words }) => (
        <p key={words}>{words}</p>
      ))}
      <p className="fine-print">Higher is {higher_is}.</p>
      {[...cautions, ...unchecked.map((whom) => `Made for: ${whom}. Not known whether so here.`)].map((caution) => (
        <p key={caution} className="notice warn slim">
          {caution}
        </p>
      ))}
      {provenance === "unverified" && <p className="notice warn slim">Its points were not verified in the source.</p>}
      <details>
        <summary>Points and source</summary>
        <ul>
          {items.map(({ title, points, reason }) => (
            <li key={title}>
              {title}: {points} ({reason})
            </li>
          ))}
        </ul>
        <p className="fine-print">{citation}</p>
      </details>
    </>
  );
}
