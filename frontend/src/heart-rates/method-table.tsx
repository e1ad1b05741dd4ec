import type { HeartRateReport } from "../api/types";
import { TableFrame } from "../ui/table-frame";
import { methodName, rateInWords } from "./wording";

/** What each method would have said by itself. */
export function MethodTable({ methods }: Pick<HeartRateReport, "methods">) {
  if (methods.length === 0) return null;
  return (
    <section className="card" aria-label="Methods">
      <h2>Methods, for comparison, not gated</h2>
      <p>What each method would say by itself. None of these rates was checked for quality; use none of them.</p>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">Rate</th>
              <th scope="col">
                <abbr title="Signal-to-noise ratio">SNR</abbr>
              </th>
            </tr>
          </thead>
          <tbody>
            {methods.map(({ method, bpm, snr_db }) => (
              <tr key={method}>
                <td>{methodName(method)}</td>
                <td>{rateInWords(bpm)}</td>
                <td>{snr_db.toFixed(1).replace("-", "−")} dB</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}
