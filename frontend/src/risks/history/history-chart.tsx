import type { RiskSummary } from "../../api/types";
import { localTime, percent } from "../../ui/format";
import { linePath } from "../../ui/chart/path";
import { BottomAxis, type Field, LeftAxis, Plot } from "../../ui/chart/plot";
import { ticks, timeLabel, timeTicks } from "../../ui/chart/scale";
import { LEVEL_NAMES } from "../level";
import { LevelMark } from "../level-badge";
import { courseOf, expansionInWords, type Moment, scoreInWords } from "./series";

const HEIGHT = 180;
const SHOWN = ["green", "unsure", "amber", "red"] as const;
/** Room for one label of a time. */
const LABEL_PX = 110;

/** Bedside score and probability of expansion over the same time; the table below holds the figures. */
export function HistoryChart({ risks }: { risks: RiskSummary[] }) {
  const course = courseOf(risks);
  return (
    <div className="card">
      <figure>
        <figcaption>
          Bedside score (0 to 100): <LevelKey />
        </figcaption>
        <Course
          course={course}
          label={scoreInWords(course)}
          top={100}
          text={String}
          value={({ score }) => score}
          mark={({ level }, x, y, title) => (
            <LevelMark shown={level} x={x} y={y}>
              <title>{title}</title>
            </LevelMark>
          )}
        />
      </figure>
      <figure>
        <figcaption>Probability of haematoma expansion (a gap: not computable)</figcaption>
        <Course
          course={course}
          label={expansionInWords(course)}
          top={1}
          text={(share) => `${Math.round(share * 100)} %`}
          value={({ expansion }) => expansion}
          mark={(_, x, y, title) => (
            <circle className="dot" cx={x} cy={y} r="4">
              <title>{title}</title>
            </circle>
          )}
        />
      </figure>
    </div>
  );
}

interface Props {
  course: Moment[];
  label: string;
  top: number;
  text: (value: number) => string;
  value: (moment: Moment) => number | null;
  mark: (moment: Moment, x: number, y: number, title: string) => React.ReactNode;
}

function Course({ course, label, top, text, value, mark }: Props) {
  const [first, last] = [course[0]?.at ?? 0, course.at(-1)?.at ?? 0];
  const places = ({ x, y }: Field) =>
    course.map((moment) => {
      const known = value(moment);
      return { x: x(moment.at), y: known === null ? null : y(known) };
    });
  return (
    <Plot label={label} xDomain={[first, last]} yDomain={[0, top]} height={HEIGHT}>
      {(field) => (
        <>
          <LeftAxis field={field} at={ticks(0, top, 5)} text={text} />
          <BottomAxis
            field={field}
            at={timeTicks(first, last, Math.max(1, field.width / LABEL_PX))}
            text={(at) => timeLabel(at, last - first)}
          />
          <path className="line" d={linePath(places(field))} />
          {places(field).map(({ x, y }, n) => {
            const moment = course[n];
            return y !== null && moment && <g key={`${moment.at} ${n}`}>{mark(moment, x, y, titleOf(moment))}</g>;
          })}
        </>
      )}
    </Plot>
  );
}

/** Which shape stands for which level. */
function LevelKey() {
  return SHOWN.map((level) => (
    <span key={level} className="level-key">
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <LevelMark shown={level} x={6} y={6} />
      </svg>{" "}
      {LEVEL_NAMES[level]}
    </span>
  ));
}

function titleOf({ at, score, level, expansion }: Moment): string {
  const grows = expansion === null ? "expansion not computable" : `expansion ${percent(expansion)}`;
  return `${localTime(new Date(at).toISOString())}: ${LEVEL_NAMES[level]}, score ${score.toFixed(0)}, ${grows}`;
}
