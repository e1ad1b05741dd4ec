import type { Known } from "../../api/types";
import { TableFrame } from "../../ui/table-frame";
import { Timestamp } from "../../ui/timestamp";
import { nameOf, valueOf } from "../wording";

/** Everything that was used, and where it comes from. */
export function UsedFacts({ facts }: { facts: Known[] }) {
  if (facts.length === 0) return null;
  return (
    <details className="card">
      <summary>Facts used</summary>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Fact</th>
              <th scope="col">Value</th>
              <th scope="col">Of</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {facts.map((fact) => (
              <tr key={`${fact.name} ${fact.when}`}>
                <td>{nameOf(fact.name)}</td>
                <td>{valueOf(fact.value)}</td>
                <td>
                  {fact.when}
                  {fact.at && (
                    <>
                      , <Timestamp value={fact.at} />
                    </>
                  )}
                </td>
                <td>{sourceOf(fact)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  );
}

function sourceOf({ source, detail }: Known): string {
  // A finding's detail may be its identifier, which tells a person nothing.
  return detail && !/^[0-9a-f-]{36}$/.test(detail) ? `${source}: ${detail}` : source;
}
