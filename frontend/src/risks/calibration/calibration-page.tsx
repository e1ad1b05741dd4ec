import { Link, useSearchParams } from "react-router";
import type { Calibration } from "../../api/types";
import { Empty, Failure, Loading } from "../../ui/async-state";
import { percent } from "../../ui/format";
import { usePageTitle } from "../../ui/page-title";
import { TableFrame } from "../../ui/table-frame";
import { useCalibration } from "../queries";
import { CalibrationChart } from "./calibration-chart";
import { bandInWords, seenInWords } from "./wording";

/** Predicted haematoma expansion against what later CTs showed. */
export function CalibrationPage() {
  usePageTitle("Calibration");
  const [search] = useSearchParams();
  const model = search.get("model");
  const calibration = useCalibration(model);
  return (
    <section className="risk">
      <h1>Calibration of haematoma expansion</h1>
      <p>
        Each predicted probability against what a later CT of the same patient showed, one for each haematoma. Where
        predictions are right, as many expand as were predicted to.
      </p>
      {calibration.isPending && <Loading what="calibration" />}
      {calibration.isError && <Failure error={calibration.error} retry={calibration.refetch} />}
      {calibration.isSuccess && <Loaded calibration={calibration.data} model={model} />}
      <p className="fine-print">
        <strong>Research use only — no medical device.</strong> Few cases tell little: read the intervals. What the
        models learned of oedema: <Link to="/risks/oedema">oedema in the cohort</Link>.
      </p>
    </section>
  );
}

function Loaded({ calibration, model }: { calibration: Calibration; model: string | null }) {
  const { models, overall, bands, brier } = calibration;
  return (
    <>
      {models.length > 1 && <Models models={models} current={model} />}
      {overall.count === 0 ? (
        <Empty>
          No prediction can be judged yet: it takes a second CT of the same patient within the time of the definition.
          {overall.uncertain > 0 && ` ${overall.uncertain} could not be told by their outlines.`}
        </Empty>
      ) : (
        <>
          <dl className="facts">
            <dt>Predictions judged</dt>
            <dd className="figure">{overall.count}</dd>
            <dt>Uncertain, in no figure</dt>
            <dd>{overall.uncertain}</dd>
            <dt>Predicted, mean</dt>
            <dd>{overall.predicted_mean === null ? "—" : percent(overall.predicted_mean)}</dd>
            <dt>Expanded (95 % interval)</dt>
            <dd>{seenInWords(overall.seen)}</dd>
            <dt>
              <abbr title="Mean squared error of the probabilities: 0 is perfect, lower is better">Brier score</abbr>
            </dt>
            <dd>{brier === null ? "—" : brier.toFixed(3)}</dd>
          </dl>
          <div className="card">
            <CalibrationChart bands={bands} />
          </div>
          <BandTable bands={bands} />
        </>
      )}
    </>
  );
}

/** Views of one model or of all, each with its address. */
function Models({ models, current }: { models: string[]; current: string | null }) {
  return (
    <nav className="tabs" aria-label="Model">
      <Link to="?" aria-current={current === null ? "page" : undefined}>
        All models
      </Link>
      {models.map((model) => (
        <Link
          key={model}
          to={`?${new URLSearchParams({ model })}`}
          aria-current={model === current ? "page" : undefined}
        >
          {model}
        </Link>
      ))}
    </nav>
  );
}

function BandTable({ bands }: Pick<Calibration, "bands">) {
  return (
    <TableFrame>
      <table aria-label="Predicted against seen">
        <thead>
          <tr>
            <th scope="col">Predicted</th>
            <th scope="col">Judged</th>
            <th scope="col">Uncertain</th>
            <th scope="col">Predicted, mean</th>
            <th scope="col">Expanded (95 % interval)</th>
          </tr>
        </thead>
        <tbody>
          {bands.map((band) => (
            <tr key={band.low}>
              <th scope="row">{bandInWords(band)}</th>
              <td>{band.count}</td>
              <td>{band.uncertain}</td>
              <td>{band.predicted_mean === null ? "—" : percent(band.predicted_mean)}</td>
              <td>{seenInWords(band.seen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
