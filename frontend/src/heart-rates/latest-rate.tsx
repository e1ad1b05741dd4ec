import type { DeviceRate, FusedPoint } from "../api/types";
import { percent } from "../ui/format";
import { TableFrame } from "../ui/table-frame";
import { Timestamp } from "../ui/timestamp";
import { isOld } from "./trend";
import { apartInWords, bandInWords, rateInWords, SOURCE_NAMES } from "./wording";

interface Props {
  point: FusedPoint;
  /** The moment (ms) at which it was the latest. */
  now: number;
}

/** The latest minute: one rate with its band, or every source's where they contradict each other. */
export function LatestRate({ point, now }: Props) {
  return (
    <div className="cards">
      {point.disagrees ? <Disagreement point={point} now={now} /> : <Agreed point={point} now={now} />}
      <section className="card" aria-label="Sources">
        <h3>Sources</h3>
        <Sources sources={point.sources} />
      </section>
    </div>
  );
}

function Agreed({ point, now }: Props) {
  return (
    <section className="card" aria-label="Latest heart rate">
      <h3>Latest</h3>
      <p className="rate">{rateInWords(point.bpm)}</p>
      <p>95 % band {bandInWords(point.low, point.high)}</p>
      <Moment point={point} now={now} />
    </section>
  );
}

/** No number stands above the others: a mean would be a rate that nobody measured. */
function Disagreement({ point, now }: Props) {
  return (
    <section className="notice warn" role="alert" aria-label="Latest heart rate">
      <h3>Sources disagree by {apartInWords(point)}</h3>
      <ul className="rates">
        {point.sources.map(({ source, device, bpm }) => (
          <li key={`${source} ${device}`}>
            <span className="rate">{rateInWords(bpm)}</span> {SOURCE_NAMES[source]}
          </li>
        ))}
      </ul>
      <p>
        <strong>None of these is taken for right.</strong> Count the pulse and look at the sensors.
      </p>
      <Moment point={point} now={now} />
    </section>
  );
}

function Moment({ point, now }: Props) {
  return (
    <p className="fine-print">
      Measured <Timestamp value={point.at} />
      {isOld(point, now) && (
        <>
          {" "}
          <span className="badge">Older than 10 minutes: not the present rate</span>
        </>
      )}
    </p>
  );
}

function Sources({ sources }: { sources: DeviceRate[] }) {
  return (
    <TableFrame>
      <table>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Device</th>
            <th scope="col">Rate</th>
            <th scope="col">Quality</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ source, device, bpm, quality }) => (
            <tr key={`${source} ${device}`}>
              <td>{SOURCE_NAMES[source]}</td>
              <td>{device}</td>
              <td>{rateInWords(bpm)}</td>
              <td>{percent(quality)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
