import type { FusedPoint } from "../api/types";
import { TableFrame } from "../ui/table-frame";
import { Timestamp } from "../ui/timestamp";
import { spansOf } from "./trend";
import { rateInWords } from "./wording";

/** The chart in figures, folded away. */
export function TrendFigures({ points, hours }: { points: FusedPoint[]; hours: number }) {
  return (
    <details>
      <summary>Figures</summary>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Lowest</th>
              <th scope="col">Highest</th>
              <th scope="col">Minutes measured</th>
              <th scope="col">Sources disagree in</th>
            </tr>
          </thead>
          <tbody>
            {spansOf(points, hours).map(({ start, lowest, highest, minutes, apart }) => (
              <tr key={start}>
                <td>
                  <Timestamp value={new Date(start).toISOString()} />
                </td>
                <td>{rateInWords(lowest)}</td>
                <td>{rateInWords(highest)}</td>
                <td>{minutes}</td>
                <td>{apart}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  );
}
