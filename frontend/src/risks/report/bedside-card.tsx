import type { Bedside, Signal } from "../../api/types";
import { percent } from "../../ui/format";
import { Level } from "../level";
import { LEVEL_WORDS, nameOf } from "../wording";
import { ContributionBars } from "./contribution-bars";

/** How the patient does at present: level, score, confidence, and why. */
export function BedsideCard({ bedside }: { bedside: Bedside }) {
  const { level, momentary_level, score, confidence, contributions, signals } = bedside;
  return (
    <section className="card" aria-label="At the bedside">
      <h3>At the bedside</h3>
      <p className="headline">
        <Level level={level} /> <span className="figure">{score.toFixed(0)} of 100</span>
      </p>
      <p>
        {LEVEL_WORDS[level]}, by what was seen: <strong>{percent(confidence)}</strong> of a complete picture.
        {momentary_level !== level && (
          <>
            {" "}
            This score alone says <strong>{momentary_level}</strong>; the level moves when several half minutes agree.
          </>
        )}
      </p>
      <Seen signals={signals} />
      {contributions.length > 0 ? (
        <ContributionBars contributions={contributions} unit="points" digits={1} adds="graver" />
      ) : (
        <p className="muted">Nothing that was seen adds to the score.</p>
      )}
      <p className="fine-print">Weights {bedside.model.version}: judgements with their reasons, not validated.</p>
    </section>
  );
}

/** What could not be seen cannot alarm: the missing is named before the rest. */
function Seen({ signals }: { signals: Signal[] }) {
  const missing = signals.filter(({ coverage }) => coverage === 0);
  const partly = signals.filter(({ coverage }) => coverage > 0 && coverage < 1);
  const list = (named: Signal[], word: (signal: Signal) => string) => named.map(word).join(", ");
  return (
    <>
      {missing.length > 0 && (
        <p className="notice warn slim">
          <strong>Not seen:</strong> {list(missing, ({ name }) => lower(name))}.
        </p>
      )}
      {partly.length > 0 && (
        <p className="fine-print">
          <strong>Seen in part, or poorly:</strong>{" "}
          {list(partly, ({ name, coverage }) => `${lower(name)} ${percent(coverage)}`)}.
        </p>
      )}
    </>
  );
}

function lower(name: string): string {
  return nameOf(name).toLowerCase();
}
