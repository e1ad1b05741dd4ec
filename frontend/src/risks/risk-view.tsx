import type { Risk } from "../api/types";
import { percent } from "../ui/format";
import { Timestamp } from "../ui/timestamp";
import { RiskReportView } from "./report/risk-report";
import { EXPANDED_WORDS, growthInWords } from "./wording";

/** One assessment: when, in print, what it says, and what came of its prediction. */
export function RiskView({ risk }: { risk: Risk }) {
  return (
    <>
      <p>
        Assessed <Timestamp value={risk.report.computed_at} /> ·{" "}
        <a href={risk.links.report} target="_blank" rel="noreferrer">
          Printable report
        </a>{" "}
        · <strong>Research use only — no medical device.</strong>
      </p>
      <Observed outcomes={risk.outcomes} />
      <RiskReportView report={risk.report} />
    </>
  );
}

/** A later CT told the truth of this very assessment's prediction. */
function Observed({ outcomes }: Pick<Risk, "outcomes">) {
  return outcomes.map(({ predicted, expanded, growth, created_at }) => (
    <p key={created_at} className="notice">
      <strong>What came:</strong> expansion was predicted with {percent(predicted)}. {EXPANDED_WORDS[expanded]}:{" "}
      {growthInWords(growth)} on the CT of <Timestamp value={growth.later.at} />.
    </p>
  ));
}
