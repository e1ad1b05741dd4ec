import type { Bedside, Signal } from "../../api/types";
import { percent } from "../../ui/format";
import { LEVEL_WORDS, shownLevel } from "../level";
import { LevelBadge } from "../level-badge";
import { inSentence, nameOf } from "../wording";
import { ContributionBars } from "./contribution-bars";

/** How the patient does at present: level, score, confidence, and why. */
export function BedsideCard({ bedside }: { bedside: Bedside }) {
  const { level, momentary_level, score, confidence, contributions, signals } = bedside;
  return (
    <section className="card halves" aria-label="At the bedside">
      <div>
        <h3>At the bedside</h3>
        <p className="headline">
          <LevelBadge level={level} confidence={confidence} /> <span className="figure">{score.toFixed(0)} of 100</span>
        </p>
        <p>
          {LEVEL_WORDS[shownLevel(level, confidence)]}. Confidence: <strong>{percent(confidence)}</strong> of a complete
          picture was seen.
        </p>
        {momentary_level !== level && (
          <p>
            This score alone says <strong>{momentary_level}</strong>; the level moves when several half minutes agree.
          </p>
        )}
        <Seen signals={signals} />
        <p className="fine-print">Weights {bedside.model.version}: judgements with their reasons, not validated.</p>
      </div>
      <div>
        {contributions.length > 0 ? (
          <ContributionBars contributions={contributions} unit="points" digits={1} adds="graver" />
        ) : (
          <p className="muted">Nothing that was seen adds to the score.</p>
        )}
      </div>
    </section>
  );
}

/** What could not be seen cannot alarm: the missing is named before the rest. */
function Seen({ signals }: { signals: Signal[] }) {
  const missing = signals.filter(({ coverage }) => coverage === 0);
  const partly = signals.filter(({ coverage }) => coverage > 0 && coverage < 1);
  return (
    <>
      {missing.length > 0 && (
        <p className="notice warn slim">
          <strong>Not seen:</strong> {missing.map(({ name }) => inSentence(nameOf(name))).join(", ")}.
        </p>
      )}
      {partly.length > 0 && (
        <p>
          <strong>Seen in part, or poorly:</strong>{" "}
          {partly.map(({ name, coverage }) => `${inSentence(nameOf(name))} (${percent(coverage)})`).join(", ")}.
        </p>
      )}
    </>
  );
}
