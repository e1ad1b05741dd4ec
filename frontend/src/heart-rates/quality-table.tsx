import type { HeartRateReport } from "../api/types";
import { TableFrame } from "../ui/table-frame";
import { qualityRows } from "./wording";

/** What the confidence was computed from, folded away: few people read it. */
export function QualityTable({ quality }: Pick<HeartRateReport, "quality">) {
  const rows = qualityRows(quality);
  if (rows.length === 0) return null;
  return (
    <details className="card">
      <summary>Quality</summary>
      <TableFrame>
        <table aria-label="Figures of quality">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, value }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  );
}
