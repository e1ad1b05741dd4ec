import type { CtReport } from "../api/types";
import { words } from "../ui/format";
import { TableFrame } from "../ui/table-frame";
import { featureRows, measuredClasses } from "./radiomics";

/** Shape and intensity features of the lesions, folded away: they feed the risk models, few people read them. */
export function RadiomicsTable({ report: { radiomics = {} } }: { report: CtReport }) {
  const classes = measuredClasses(radiomics);
  if (classes.length === 0) return null;
  return (
    <details className="card">
      <summary>Radiomics</summary>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Feature</th>
              {classes.map((name) => (
                <th key={name} scope="col">
                  {words(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {featureRows(radiomics).map(({ name, values }) => (
              <tr key={name}>
                <td>{name}</td>
                {values.map((value, n) => (
                  <td key={classes[n]}>{value ?? "–"}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p className="fine-print">All voxels of a class together, by the definitions of pyradiomics.</p>
    </details>
  );
}
