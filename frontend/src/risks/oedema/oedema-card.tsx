import { useState } from "react";
import { Link } from "react-router";
import type { NotComputable, OedemaCourse } from "../../api/types";
import { Failure } from "../../ui/async-state";
import { millilitres } from "../../ui/format";
import { TableFrame } from "../../ui/table-frame";
import { useOedemaCurves } from "../queries";
import { NotComputed } from "../report/not-computed";
import { inSentence, nameOf } from "../wording";
import { bandInWords, hoursInWords, polynomialsOf, subgroupsOf } from "./course";
import { OedemaChart } from "./oedema-chart";

/** The oedema measured so far and what to expect; absent in reports from before there was any. */
export function OedemaCard({ course }: { course: OedemaCourse | NotComputable | null | undefined }) {
  if (!course) return null;
  return (
    <section className="card" aria-label="Course of the oedema">
      <h3>Course of the oedema</h3>
      {course.status === "computed" ? <Computed course={course} /> : <NotComputed result={course} />}
    </section>
  );
}

function Computed({ course }: { course: OedemaCourse }) {
  const [withPolynomials, setPolynomials] = useState(false);
  const [withGroups, setGroups] = useState(false);
  const curves = useOedemaCurves(withPolynomials || withGroups);
  const shown = curves.data
    ? [...(withPolynomials ? polynomialsOf(curves.data) : []), ...(withGroups ? subgroupsOf(curves.data) : [])]
    : [];
  return (
    <>
      <OedemaChart course={course} curves={shown} />
      <div className="choice">
        <label>
          <input type="checkbox" checked={withPolynomials} onChange={() => setPolynomials(!withPolynomials)} />
          Cohort’s cubic and quartic
        </label>
        <label>
          <input type="checkbox" checked={withGroups} onChange={() => setGroups(!withGroups)} />
          Cohort’s groups
        </label>
        <Link to="/risks/oedema">About the cohort</Link>
      </div>
      {curves.isError && <Failure error={curves.error} retry={curves.refetch} />}
      <Figures course={course} />
      <p className="fine-print">
        Model {course.model.name} {course.model.version}, from all CTs so far.
        {course.not_used.length > 0 &&
          ` The best model would also read what is not known here: ${course.not_used.map((name) => inSentence(nameOf(name))).join(", ")}.`}
      </p>
    </>
  );
}

/** The chart as a table. */
function Figures({ course: { measured, expected } }: { course: OedemaCourse }) {
  return (
    <details className="minor">
      <summary>Figures</summary>
      <TableFrame>
        <table aria-label="Course of the oedema">
          <thead>
            <tr>
              <th scope="col">From onset</th>
              <th scope="col">Volume</th>
              <th scope="col">80 % band</th>
              <th scope="col">95 % band</th>
            </tr>
          </thead>
          <tbody>
            {measured.map(({ hours_from_onset, oedema_ml }) => (
              <tr key={`measured ${hours_from_onset}`}>
                <td>{hoursInWords(hours_from_onset)}</td>
                <td>
                  <strong>{millilitres(oedema_ml)}</strong> measured
                </td>
                <td>—</td>
                <td>—</td>
              </tr>
            ))}
            {expected.map(({ hours_from_onset, median_ml, band_80_ml, band_95_ml }) => (
              <tr key={hours_from_onset}>
                <td>{hoursInWords(hours_from_onset)}</td>
                <td>{millilitres(median_ml)} expected (median)</td>
                <td>{bandInWords(band_80_ml)}</td>
                <td>{bandInWords(band_95_ml)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  );
}
