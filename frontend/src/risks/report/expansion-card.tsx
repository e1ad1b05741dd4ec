import type { Expansion, NotComputable } from "../../api/types";
import { percent } from "../../ui/format";
import { labelsOf } from "../contributions";
import { definitionInWords } from "../wording";
import { ContributionBars } from "./contribution-bars";
import { NotComputed } from "./not-computed";

/** How likely the haematoma grows. */
export function ExpansionCard({ expansion }: { expansion: Expansion | NotComputable }) {
  return (
    <section className="card" aria-label="Haematoma expansion">
      <h3>Haematoma expansion</h3>
      {expansion.status === "computed" ? <Computed expansion={expansion} /> : <NotComputed result={expansion} />}
    </section>
  );
}

function Computed({ expansion }: { expansion: Expansion }) {
  const { probability, base_probability, definition, variant, contributions, out_of_range, model } = expansion;
  return (
    <>
      <p className="headline">
        <span className="figure">{percent(probability)}</span> <span className="muted">probability</span>
      </p>
      <p>
        Of {definitionInWords(definition)}; {percent(base_probability)} for the cohort’s average patient.
        {variant === "clinical" && " By clinical facts alone: no CT was used."}
      </p>
      <OutOfRange labels={labelsOf(out_of_range, contributions)} />
      <ContributionBars contributions={contributions} unit="log odds" digits={2} adds="expansion likelier" />
      <p className="fine-print">
        Model {model.name} {model.version}.
      </p>
    </>
  );
}

/** Features beyond what the model learned from: its answer for them is a guess. */
export function OutOfRange({ labels }: { labels: string[] }) {
  if (labels.length === 0) return null;
  return (
    <p className="notice warn slim">
      <strong>Beyond what the model learned from:</strong> {labels.join(", ")}.
    </p>
  );
}
