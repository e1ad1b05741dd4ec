import { useEffect, useRef } from "react";
import { TableFrame } from "../../ui/table-frame";
import { Timestamp } from "../../ui/timestamp";
import type { Imagined } from "../queries";
import { RiskReportView } from "../report/risk-report";
import { compared } from "./comparison";

/** The imagined beside the real, and the whole imagined report folded away. */
export function ImaginedView({ answer: { known, imagined } }: { answer: Imagined }) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus(), [imagined]);
  return (
    <section ref={section} tabIndex={-1} className="card imagined" aria-labelledby="imagined">
      <h3 id="imagined">Imagined, not stored</h3>
      <p>
        Both computed <Timestamp value={imagined.computed_at} />, so that what differs comes from what was imagined.
      </p>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col">As known</th>
              <th scope="col">Imagined</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {compared(known, imagined).map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td>{row.known}</td>
                <td>
                  <strong>{row.imagined}</strong>
                </td>
                <td>{row.change ?? "—"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <details>
        <summary>The whole imagined report</summary>
        <RiskReportView report={imagined} />
      </details>
    </section>
  );
}
