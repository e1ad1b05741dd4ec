import type { HeartRateReading, HeartRateReport } from "../api/types";
import { percent } from "../ui/format";
import { Timestamp } from "../ui/timestamp";
import { MethodTable } from "./method-table";
import { plotsOf } from "./plots";
import { QualityTable } from "./quality-table";
import { reasonInWords, wordsOf } from "./reasons";
import { bandInWords, rateInWords } from "./wording";

/** What one video says: the rate or why there is none, what belongs to it, and what it was judged by. */
export function ReadingView({ reading }: { reading: HeartRateReading }) {
  const { report, model } = reading;
  return (
    <>
      <p>
        <strong>Research use only — no medical device.</strong>
      </p>
      <div className="cards">
        {report.bpm === null ? <Withheld report={report} /> : <Given report={report} bpm={report.bpm} />}
        <Breathing report={report} />
        <Variability report={report} />
      </div>
      <Plots reading={reading} />
      <MethodTable methods={report.methods} />
      <QualityTable quality={report.quality} />
      <p className="fine-print">
        Model {model.name} {model.version}, <Timestamp value={reading.created_at} />. For other systems:{" "}
        <a href={reading.links.fhir} download={`${reading.id}.fhir.json`}>
          FHIR
        </a>
      </p>
    </>
  );
}

function Given({ report, bpm }: { report: HeartRateReport; bpm: number }) {
  const { bpm_low, bpm_high, confidence } = report;
  return (
    <section className="card" aria-label="Heart rate">
      <h2>Heart rate</h2>
      <p className="rate">{rateInWords(bpm)}</p>
      {bpm_low !== null && bpm_high !== null && <p>95 % band {bandInWords(bpm_low, bpm_high)}</p>}
      <p>
        Confidence {percent(confidence)}
        <span className="fine-print"> that the rate is within 5 bpm</span>
      </p>
    </section>
  );
}

/** Loud, so that an absent number is never taken for a normal one. */
function Withheld({ report: { reason, confidence } }: { report: HeartRateReport }) {
  const { why, advice } = wordsOf(reason);
  return (
    <section className="notice warn" aria-label="Heart rate">
      <h2>Heart rate: withheld</h2>
      <p>
        <strong>{why}</strong> {advice}
      </p>
      <p>Nothing is known of the heart rate from this video.</p>
      <p className="fine-print">
        Code {reason}, confidence {percent(confidence)}
      </p>
    </section>
  );
}

function Breathing({ report: { breathing_rate } }: { report: HeartRateReport }) {
  const { per_minute, spread, reason } = breathing_rate;
  return (
    <section className="card" aria-label="Breathing rate">
      <h2>Breathing rate</h2>
      {per_minute === null ? (
        <NotGiven what={reasonInWords(reason)} />
      ) : (
        <>
          <p className="rate">{Number(per_minute.toFixed(1))} per minute</p>
          {spread !== null && <p>Its sources lie {spread.toFixed(1)} per minute apart</p>}
        </>
      )}
    </section>
  );
}

function Variability({ report: { hrv } }: { report: HeartRateReport }) {
  const { sdnn_ms, rmssd_ms, intervals, reason } = hrv;
  const isGiven = sdnn_ms !== null && rmssd_ms !== null;
  return (
    <section className="card" aria-label="Heart rate variability">
      <h2>Heart rate variability</h2>
      {!isGiven && <NotGiven what={reasonInWords(reason)} />}
      {isGiven && (
        <>
          <dl className="facts">
            <dt>
              <abbr title="Standard deviation of the intervals between beats">SDNN</abbr>
            </dt>
            <dd className="figure">{sdnn_ms.toFixed(0)} ms</dd>
            <dt>
              <abbr title="Root mean square of the differences between successive intervals">RMSSD</abbr>
            </dt>
            <dd className="figure">{rmssd_ms.toFixed(0)} ms</dd>
          </dl>
          <p className="fine-print">Of {intervals} intervals between beats</p>
        </>
      )}
    </section>
  );
}

function NotGiven({ what }: { what: string }) {
  return (
    <p>
      <strong>Withheld.</strong> {what}
    </p>
  );
}

function Plots({ reading }: { reading: HeartRateReading }) {
  return (
    <section aria-label="Plots" className="cards plots">
      {plotsOf(reading).map(({ title, svg, png, alt }) => (
        <figure key={title} className="card">
          <figcaption>{title}</figcaption>
          {svg ? <img src={svg} alt={alt} /> : <p className="muted">Not drawn: there is nothing to draw.</p>}
          {png && (
            <a href={png} download={`${reading.id}-${title.toLowerCase().replace(" ", "-")}.png`}>
              {title} as PNG
            </a>
          )}
        </figure>
      ))}
    </section>
  );
}
