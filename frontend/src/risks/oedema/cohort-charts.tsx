import type { OedemaCurves } from "../../api/types";
import { BottomAxis, LeftAxis, Plot } from "../../ui/chart/plot";
import { roundUp, ticks } from "../../ui/chart/scale";
import { TableFrame } from "../../ui/table-frame";
import { type Curve, hoursInWords, polynomialsOf, subgroupsOf } from "./course";
import { CurveKey, Curves } from "./curves";

const HEIGHT = 260;
const DAY_H = 24;

/** The paper's curves, the groups, and when the CTs were made. */
export function CohortCharts({ curves }: { curves: OedemaCurves }) {
  return (
    <>
      <div className="cards">
        <CourseChart
          title="Polynomials over all CTs: the same volume for every patient"
          curves={polynomialsOf(curves)}
        />
        <CourseChart title="Groups of patients whose oedema goes a similar way" curves={subgroupsOf(curves)} />
      </div>
      <ExamTimes curves={curves} />
    </>
  );
}

function CourseChart({ title, curves }: { title: string; curves: Curve[] }) {
  const points = curves.flatMap((curve) => curve.points);
  const last = Math.max(...points.map(({ hours }) => hours));
  const volumes = points.map(({ ml }) => ml);
  const [low, high] = [Math.min(0, ...volumes), roundUp(Math.max(...volumes))];
  const ends = curves.map((curve) => `${curve.name} ${curve.points.at(-1)?.ml.toFixed(1)} mL`);
  const days = ticks(0, last / DAY_H, 6);
  return (
    <section className="card">
      <h2>{title}</h2>
      <figure>
        <figcaption>Oedema in mL by days from onset</figcaption>
        <Plot
          label={`${title}; at ${hoursInWords(last)}: ${ends.join(", ")}`}
          xDomain={[0, last]}
          yDomain={[low, high]}
          height={HEIGHT}
        >
          {(field) => (
            <>
              <LeftAxis field={field} at={ticks(low, high, 6)} text={String} />
              <BottomAxis field={field} at={days.map((day) => day * DAY_H)} text={(hours) => String(hours / DAY_H)} />
              <Curves field={field} curves={curves} />
            </>
          )}
        </Plot>
        <CurveKey curves={curves} />
      </figure>
      {low < 0 && <p className="fine-print">Below 0 mL a polynomial tells nothing: no oedema can be there.</p>}
    </section>
  );
}

/** When CTs were made, what a normal distribution would expect, and what the outlier rules make of it. */
function ExamTimes({ curves: { exam_times, box_plot_h, three_sigma_h } }: { curves: OedemaCurves }) {
  const { edges_h, counts, if_normal } = exam_times;
  return (
    <section className="card">
      <h2>When the CTs were made</h2>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">From onset</th>
              <th scope="col">CTs</th>
              <th scope="col">If the times were normally distributed</th>
            </tr>
          </thead>
          <tbody>
            {counts.map((count, n) => (
              <tr key={edges_h[n]}>
                <th scope="row">
                  {hoursInWords(edges_h[n] ?? 0)} to {hoursInWords(edges_h[n + 1] ?? 0)}
                </th>
                <td>
                  <Count count={count} most={Math.max(...counts, ...if_normal)} />
                </td>
                <td>
                  <Count count={if_normal[n] ?? 0} most={Math.max(...counts, ...if_normal)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p>
        Box plot: {box_plot_h.outliers} CTs lie beyond {hoursInWords(box_plot_h.upper_fence)}. Three deviations would
        call {three_sigma_h.outliers} outliers, beyond {hoursInWords(three_sigma_h.upper)}
        {three_sigma_h.applies
          ? "."
          : `, but that rule does not apply: the times are not normally distributed (skewness ${three_sigma_h.skewness.toFixed(1)}, Shapiro–Wilk W ${three_sigma_h.shapiro_w.toFixed(2)}, p ${three_sigma_h.shapiro_p.toExponential(0)}).`}
      </p>
    </section>
  );
}

function Count({ count, most }: { count: number; most: number }) {
  return (
    <span className="count-bar">
      <span>{Math.round(count)}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={most > 0 ? (count / most) * 100 : 0} height="10" />
      </svg>
    </span>
  );
}
