import type { OedemaCurves } from "../../api/types";
import { Failure, Loading } from "../../ui/async-state";
import { words } from "../../ui/format";
import { usePageTitle } from "../../ui/page-title";
import { TableFrame } from "../../ui/table-frame";
import { useOedemaCurves } from "../queries";
import { NONE, signed } from "../wording";
import { CohortCharts } from "./cohort-charts";

/** What is known of the oedema's course in the cohort that the models learned from. */
export function OedemaCohortPage() {
  usePageTitle("Oedema in the cohort");
  const curves = useOedemaCurves();
  if (curves.isPending) return <Loading what="curves" />;
  if (curves.isError) return <Failure error={curves.error} retry={curves.refetch} />;
  return (
    <section className="risk">
      <h1>Oedema in the cohort</h1>
      <p>
        {curves.data.exams} CTs of {curves.data.patients} patients: {curves.data.source}. Sums and curves over patients,
        nothing of any one of them.
      </p>
      <CohortCharts curves={curves.data} />
      <HeldOut errors={curves.data.held_out} />
      <Treatments treatments={curves.data.treatments} />
      <ul className="fine-print">
        {curves.data.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}

type Interval = OedemaCurves["held_out"][number]["mae_ml"];

function HeldOut({ errors }: { errors: OedemaCurves["held_out"] }) {
  const methods = [...new Set(errors.map(({ method }) => method))];
  const errorOf = (method: string, known: string) =>
    errors.find((error) => error.method === method && error.known === known)?.mae_ml ?? null;
  return (
    <section className="card">
      <h2>How far each method misses patients it did not learn from</h2>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">Knowing the admission: mean error in mL (95 %)</th>
              <th scope="col">Knowing every CT before (95 %)</th>
            </tr>
          </thead>
          <tbody>
            {methods.map((method) => (
              <tr key={method}>
                <th scope="row">{words(method)}</th>
                <td>{inWords(errorOf(method, "admission"))}</td>
                <td>{inWords(errorOf(method, "sequential"))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}

function Treatments({ treatments }: { treatments: OedemaCurves["treatments"] }) {
  return (
    <section className="card">
      <h2>Oedema of treated less untreated patients</h2>
      <p>Observational: treated were those who seemed to need it. No effect of treating.</p>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Treatment</th>
              <th scope="col">Treated, untreated</th>
              <th scope="col">mL, admission being equal (95 %)</th>
              <th scope="col">mL, other treatments being equal, too (95 %)</th>
            </tr>
          </thead>
          <tbody>
            {treatments.map(({ treatment, treated, untreated, adjusted_ml, mutually_adjusted_ml }) => (
              <tr key={treatment}>
                <th scope="row">{words(treatment)}</th>
                <td>
                  {treated}, {untreated}
                </td>
                <td>{signedInWords(adjusted_ml)}</td>
                <td>{signedInWords(mutually_adjusted_ml)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p className="fine-print">{NONE}: fewer than 5 patients on a side.</p>
    </section>
  );
}

function inWords(figure: Interval | null): string {
  return figure ? `${figure.value.toFixed(1)} (${figure.low.toFixed(1)} to ${figure.high.toFixed(1)})` : NONE;
}

function signedInWords(figure: Interval | null): string {
  return figure ? `${signed(figure.value, 1)} (${signed(figure.low, 1)} to ${signed(figure.high, 1)})` : NONE;
}
