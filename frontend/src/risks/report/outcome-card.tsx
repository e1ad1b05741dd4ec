import type { NotComputable, Outcome } from "../../api/types";
import { percent } from "../../ui/format";
import { labelsOf } from "../contributions";
import { MRS_WORDS } from "../wording";
import { ContributionBars } from "./contribution-bars";
import { OutOfRange } from "./expansion-card";
import { MrsBar } from "./mrs-bar";
import { NotComputed } from "./not-computed";

/** The modified Rankin Scale to expect 90 days after onset. */
export function OutcomeCard({ outcome }: { outcome: Outcome | NotComputable }) {
  return (
    <section className="card" aria-label="Outcome at 90 days">
      <h3>Outcome at 90 days</h3>
      {outcome.status === "computed" ? <Computed outcome={outcome} /> : <NotComputed result={outcome} />}
    </section>
  );
}

function Computed({ outcome }: { outcome: Outcome }) {
  const { mrs, probabilities, probability_disabled, base_probability_disabled, contributions, model } = outcome;
  return (
    <>
      <p className="headline">
        <span className="figure">{percent(probability_disabled)}</span> <span className="muted">for mRS 3 to 6</span>
      </p>
      <p>
        Median mRS {mrs}: {MRS_WORDS[mrs]}. {percent(base_probability_disabled)} for the cohort’s average patient.{" "}
        {outcome.variant === "follow_up" ? "With what follow-up CTs showed." : "From admission alone."}
      </p>
      <MrsBar probabilities={probabilities} />
      <OutOfRange labels={labelsOf(outcome.out_of_range, contributions)} />
      <ContributionBars contributions={contributions} unit="log odds" digits={2} adds="worse" />
      <p className="fine-print">
        Model {model.name} {model.version}.
      </p>
    </>
  );
}
