import type { CtReport, Finding } from "../api/types";
import { millilitres, millimetres, percent, words } from "../ui/format";
import { TableFrame } from "../ui/table-frame";
import { Timestamp } from "../ui/timestamp";
import { RadiomicsTable } from "./radiomics-table";

const TYPE_NAMES: Record<string, string> = {
  any: "Any haemorrhage",
  IPH: "Intraparenchymal",
  IVH: "Intraventricular",
  SAH: "Subarachnoid",
  SDH: "Subdural",
  EDH: "Epidural",
};

/** What matters first: conclusion, reasons to look again, volumes, types. */
export function Summary({ report }: { report: CtReport }) {
  return (
    <>
      <Conclusion report={report} />
      <Notes title="Look again before using this result" notes={report.review_flags} className="notice warn" />
      <div className="cards">
        <Volumes report={report} />
        <Types report={report} />
      </div>
    </>
  );
}

/** What explains the summary: components, peculiarities, model and grid. */
export function Details({ finding }: { finding: Finding }) {
  const { report, model } = finding;
  return (
    <>
      <Components report={report} />
      <RadiomicsTable report={report} />
      <Notes title="Peculiarities of this series" notes={report.peculiarities} className="card" />
      <p className="fine-print">
        Model {model.name} {model.version}, <Timestamp value={finding.created_at} />. Grid: {gridOf(report)}.
      </p>
    </>
  );
}

function Conclusion({ report }: { report: CtReport }) {
  if (report.haemorrhage_suspected) {
    return (
      <p className="notice bad conclusion">
        <strong>Haemorrhage suspected</strong>
      </p>
    );
  }
  return (
    <p className="notice conclusion">
      <strong>The model suspects no haemorrhage.</strong> This does not exclude one.
    </p>
  );
}

function Volumes({ report }: { report: CtReport }) {
  const abc = report.abc_over_2;
  return (
    <section className="card">
      <h2>Volumes</h2>
      <dl className="facts">
        <dt>Haematoma</dt>
        <dd className="figure">{millilitres(report.haematoma_ml)}</dd>
        <dt>Oedema</dt>
        <dd className="figure">{millilitres(report.oedema_ml)}</dd>
        <dt>
          <abbr title="Bedside estimate A × B × C / 2 of the haematoma">ABC/2</abbr>
        </dt>
        <dd>
          {abc
            ? `${millilitres(abc.volume_ml)} (A ${millimetres(abc.a_mm)}, B ${millimetres(abc.b_mm)}, C ${millimetres(abc.c_mm)})`
            : "not applicable: no haematoma"}
        </dd>
      </dl>
    </section>
  );
}

function Types({ report }: { report: CtReport }) {
  const types = Object.entries(report.type_probabilities).sort(([, a], [, b]) => b - a);
  return (
    <section className="card">
      <h2>Type probabilities</h2>
      {types.length === 0 && <p className="muted">This model does not tell types apart.</p>}
      {types.map(([code, probability]) => (
        <label key={code} className="meter">
          <span>{typeName(code)}</span>
          <meter min={0} max={1} value={probability} />
          <span className="figure-small">{percent(probability)}</span>
        </label>
      ))}
    </section>
  );
}

function Components({ report }: { report: CtReport }) {
  if (report.components.length === 0) return <p className="muted">No lesion was painted.</p>;
  return (
    <section className="card">
      <h2>Components</h2>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col">Volume</th>
              <th scope="col">Slices</th>
              <th scope="col">
                <abbr title="DICOM patient coordinates: left, posterior, superior">Centre (L, P, S)</abbr>
              </th>
            </tr>
          </thead>
          <tbody>
            {report.components.map((component) => (
              <tr key={component.label + component.centroid_mm.join()}>
                <td>{words(component.label)}</td>
                <td>{millilitres(component.volume_ml)}</td>
                <td>
                  {component.first_slice + 1}–{component.last_slice + 1}
                </td>
                <td>{component.centroid_mm.map((value) => value.toFixed(1)).join(", ")} mm</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}

interface NotesProps {
  title: string;
  notes: { code: string; detail: string }[];
  className: string;
}

function Notes({ title, notes, className }: NotesProps) {
  if (notes.length === 0) return null;
  return (
    <section className={className}>
      <h2>{title}</h2>
      <ul>
        {notes.map(({ code, detail }) => (
          <li key={code + detail}>
            <strong>{words(code)}.</strong> {detail}
          </li>
        ))}
      </ul>
    </section>
  );
}

function gridOf({ geometry }: CtReport): string {
  const { slices, rows, columns, spacing_mm, tilt_degrees } = geometry;
  const tilt = tilt_degrees ? `, gantry tilt ${tilt_degrees.toFixed(1)}°` : "";
  return `${slices} slices of ${rows} × ${columns}, spacing ${spacing_mm.map((mm) => mm.toFixed(2)).join(" × ")} mm${tilt}`;
}

function typeName(code: string): string {
  const name = TYPE_NAMES[code] ?? words(code);
  return code === code.toUpperCase() ? `${name} (${code})` : name;
}
