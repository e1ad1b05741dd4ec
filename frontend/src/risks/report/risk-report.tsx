import type { RiskReport } from "../../api/types";
import { OedemaCard } from "../oedema/oedema-card";
import { BedsideCard } from "./bedside-card";
import { ExpansionCard } from "./expansion-card";
import { GrowthTable } from "./growth-table";
import { OutcomeCard } from "./outcome-card";
import { ScoreTable } from "./score-table";
import { UsedFacts } from "./used-facts";

/** One report with everything it says, whether assessed or imagined. */
export function RiskReportView({ report }: { report: RiskReport }) {
  return (
    <>
      <Notes notes={report.notes} />
      <BedsideCard bedside={report.bedside} />
      <div className="cards">
        <ExpansionCard expansion={report.expansion} />
        <OutcomeCard outcome={report.outcome} />
      </div>
      {report.growth.length > 0 && (
        <section className="card" aria-label="Growth between CTs">
          <h3>Growth between CTs</h3>
          <GrowthTable growth={report.growth} />
        </section>
      )}
      <OedemaCard course={report.oedema_course} />
      <section className="card" aria-label="Clinical scores">
        <h3>Clinical scores</h3>
        <ScoreTable scores={report.scores} />
      </section>
      <UsedFacts facts={report.facts} />
    </>
  );
}

function Notes({ notes }: { notes: string[] }) {
  if (notes.length === 0) return null;
  return (
    <section className="notice warn" aria-label="To be read with it">
      <h3>To be read with it</h3>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}
