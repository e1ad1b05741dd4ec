import type { OedemaCourse } from "../../api/types";
import { millilitres } from "../../ui/format";
import { bandPath, linePath } from "../../ui/chart/path";
import { BottomAxis, type Field, LeftAxis, Plot } from "../../ui/chart/plot";
import { roundUp, ticks } from "../../ui/chart/scale";
import { type Curve, courseInWords, hoursInWords, spanOf, topOf, within } from "./course";
import { CurveKey, Curves } from "./curves";

const HEIGHT = 260;
const DAY_H = 24;

/** Measured volumes, the expected median with its bands, and curves of the cohort behind them. */
export function OedemaChart({ course, curves }: { course: OedemaCourse; curves: Curve[] }) {
  const span = spanOf(course);
  const days = ticks(0, span[1] / DAY_H, 7).filter(Number.isInteger);
  const behind = curves.map((curve) => within(curve, span[1]));
  const top = roundUp(Math.max(topOf(course), ...behind.flatMap(({ points }) => points.map(({ ml }) => ml))));
  return (
    <figure>
      <figcaption>Oedema in mL by days from onset</figcaption>
      <Plot label={courseInWords(course)} xDomain={span} yDomain={[0, top]} height={HEIGHT}>
        {(field) => (
          <>
            <LeftAxis field={field} at={ticks(0, top, 5)} text={String} />
            <BottomAxis field={field} at={days.map((day) => day * DAY_H)} text={(hours) => String(hours / DAY_H)} />
            <Bands field={field} course={course} />
            <Curves field={field} curves={behind} />
            <Measured field={field} course={course} />
          </>
        )}
      </Plot>
      <CurveKey curves={[...OWN, ...behind]} />
    </figure>
  );
}

const OWN = [
  { name: "measured", look: "measured" },
  { name: "expected (median)", look: "median" },
  { name: "80 % band", look: "swatch-80" },
  { name: "95 % band", look: "swatch-95" },
];

function Bands({ field: { x, y }, course: { expected } }: { field: Field; course: OedemaCourse }) {
  const band = (bounds: (typeof expected)[number]["band_80_ml"], hours: number) => {
    const [low = 0, high = low] = bounds;
    return { x: x(hours), low: y(low), high: y(high) };
  };
  return (
    <>
      <path className="band-95" d={bandPath(expected.map((at) => band(at.band_95_ml, at.hours_from_onset)))} />
      <path className="band-80" d={bandPath(expected.map((at) => band(at.band_80_ml, at.hours_from_onset)))} />
      <path
        className="curve median"
        d={linePath(expected.map((at) => ({ x: x(at.hours_from_onset), y: y(at.median_ml) })))}
      />
    </>
  );
}

function Measured({ field: { x, y }, course: { measured } }: { field: Field; course: OedemaCourse }) {
  return measured.map(({ hours_from_onset, oedema_ml }) => (
    <circle key={hours_from_onset} className="measured" cx={x(hours_from_onset)} cy={y(oedema_ml)} r="5">
      <title>
        {hoursInWords(hours_from_onset)}: {millilitres(oedema_ml)} measured
      </title>
    </circle>
  ));
}
