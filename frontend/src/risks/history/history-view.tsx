import { Link } from "react-router";
import type { RiskSummary } from "../../api/types";
import { Empty } from "../../ui/async-state";
import { percent } from "../../ui/format";
import { LoadMore } from "../../ui/load-more";
import { TableFrame } from "../../ui/table-frame";
import { Timestamp } from "../../ui/timestamp";
import { LevelBadge } from "../level-badge";
import type { useRisks } from "../queries";
import { chance } from "../wording";
import { HistoryChart } from "./history-chart";

/** How the risk went over time: drawn, and as a table with a way to each assessment. */
export function HistoryView({ risks }: { risks: ReturnType<typeof useRisks> }) {
  if (risks.items.length === 0) return <Empty>There are no assessments yet.</Empty>;
  return (
    <>
      {risks.items.length > 1 && <HistoryChart risks={risks.items} />}
      <HistoryTable risks={risks.items} />
      <LoadMore {...risks} />
    </>
  );
}

function HistoryTable({ risks }: { risks: RiskSummary[] }) {
  return (
    <TableFrame>
      <table aria-label="Assessments, the newest first">
        <thead>
          <tr>
            <th scope="col">Assessed</th>
            <th scope="col">Level</th>
            <th scope="col">Bedside score</th>
            <th scope="col">Seen</th>
            <th scope="col">Expansion</th>
            <th scope="col">mRS 3 to 6</th>
          </tr>
        </thead>
        <tbody>
          {risks.map((risk) => (
            <tr key={risk.id}>
              <td>
                <Link to={`/risks/${risk.id}`}>
                  <Timestamp value={risk.created_at} />
                </Link>
              </td>
              <td>
                <LevelBadge level={risk.level} confidence={risk.confidence} />
              </td>
              <td>{risk.score.toFixed(0)}</td>
              <td>{percent(risk.confidence)}</td>
              <td>{chance(risk.expansion)}</td>
              <td>{chance(risk.disabled)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
