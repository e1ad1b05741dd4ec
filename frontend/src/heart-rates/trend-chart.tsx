import type { FusedPoint } from "../api/types";
import { bandPath, linePath } from "../ui/chart/path";
import { BottomAxis, type Field, LeftAxis, Plot } from "../ui/chart/plot";
import { ticks, timeLabel, timeTicks } from "../ui/chart/scale";
import { localTime } from "../ui/format";
import { courseInWords, courseOf, type Minute, rangeOf, shownRates } from "./trend";
import { bandInWords, rateInWords, sourcesInWords } from "./wording";

const HEIGHT = 220;
/** Room for one label of a time. */
const LABEL_PX = 110;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Props {
  points: FusedPoint[];
  hours: number;
  /** Where the time axis ends (ms). */
  now: number;
}

/** The rate minute by minute with its band. Where nothing was measured there is nothing; sources that disagree stand apart. */
export function TrendChart({ points, hours, now }: Props) {
  const { stretches, apart } = courseOf(points);
  const [low, high] = rangeOf(points);
  // Points stand at full minutes, the earliest at the one in which the window begins.
  const start = MINUTE_MS * Math.floor((now - hours * HOUR_MS) / MINUTE_MS);
  return (
    <figure>
      <figcaption>Heart rate in bpm, by minutes (a gap: not measured)</figcaption>
      <Plot label={courseInWords(points, hours)} xDomain={[start, now]} yDomain={[low, high]} height={HEIGHT}>
        {(field) => (
          <>
            <LeftAxis field={field} at={ticks(low, high, 5)} text={String} />
            <BottomAxis
              field={field}
              at={timeTicks(start, now, Math.max(1, field.width / LABEL_PX))}
              text={(at) => timeLabel(at, hours * HOUR_MS)}
            />
            {stretches.map((stretch) => (
              <Stretch key={stretch[0]?.at} field={field} minutes={stretch} />
            ))}
            {apart.map((minute) => (
              <Apart key={minute.at} field={field} minute={minute} />
            ))}
          </>
        )}
      </Plot>
      <Key />
    </figure>
  );
}

function Stretch({ field: { x, y }, minutes }: { field: Field; minutes: Minute[] }) {
  const [first] = minutes;
  if (minutes.length === 1 && first) return <Lone field={{ x, y }} minute={first} />;
  const band = minutes.map(({ at, low, high }) => ({ x: x(at), low: y(low), high: y(high) }));
  return (
    <>
      <path className="band-95" d={bandPath(band)} />
      <path className="line" d={linePath(minutes.map(({ at, bpm }) => ({ x: x(at), y: y(bpm) })))} />
    </>
  );
}

/** A minute without neighbours has no width to draw a line in. */
function Lone({ field: { x, y }, minute }: { field: Pick<Field, "x" | "y">; minute: Minute }) {
  const { at, bpm, low, high } = minute;
  return (
    <g>
      <title>{`${timeOf(minute)}: ${rateInWords(bpm)}, 95 % band ${bandInWords(low, high)}`}</title>
      <line className="band" x1={x(at)} x2={x(at)} y1={y(low)} y2={y(high)} />
      <circle className="dot" cx={x(at)} cy={y(bpm)} r="3" />
    </g>
  );
}

function Apart({ field: { x, y }, minute }: { field: Field; minute: Minute }) {
  const rates = shownRates(minute);
  return (
    <g className="apart">
      <title>{`${timeOf(minute)}: sources disagree: ${sourcesInWords(minute.sources)}`}</title>
      <line x1={x(minute.at)} x2={x(minute.at)} y1={y(Math.min(...rates))} y2={y(Math.max(...rates))} />
      {minute.sources.map(({ source, device, bpm }) => (
        <path key={`${source} ${device}`} d={diamond(x(minute.at), y(bpm))} />
      ))}
    </g>
  );
}

function Key() {
  return (
    <ul className="legend chart-key">
      <li>
        <svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true" className="plot-key">
          <path className="band-95" d="M0,1H28V11H0Z" />
          <path className="line" d="M0,6H28" />
        </svg>{" "}
        rate with its 95 % band
      </li>
      <li>
        <svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true">
          <g className="apart">
            <path d={diamond(8, 6)} />
            <path d={diamond(20, 6)} />
          </g>
        </svg>{" "}
        sources that disagree, each
      </li>
    </ul>
  );
}

function diamond(x: number, y: number): string {
  return `M${x},${y - 4}l4,4l-4,4l-4,-4z`;
}

function timeOf({ at }: Minute): string {
  return localTime(new Date(at).toISOString());
}
