import { Link } from "react-router";
import type { Study } from "../api/types";
import { JobBadge } from "../jobs/job-badge";
import { isWithoutResult } from "../jobs/outcome";
import { Empty, Failure, Loading } from "../ui/async-state";
import { millilitres } from "../ui/format";
import { LoadMore } from "../ui/load-more";
import { TableFrame } from "../ui/table-frame";
import { Timestamp } from "../ui/timestamp";
import { usePatientStudies } from "./queries";

/** The studies of a patient with the state of their analysis. */
export function StudyTable({ patientId }: { patientId: string }) {
  const studies = usePatientStudies(patientId);
  if (studies.isPending) return <Loading what="studies" />;
  if (studies.isError) return <Failure error={studies.error} retry={studies.refetch} />;
  if (studies.items.length === 0) return <Empty>No study has been uploaded yet.</Empty>;
  return (
    <>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Received</th>
              <th scope="col">Priority</th>
              <th scope="col">Analysis</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {studies.items.map((study) => (
              <tr key={study.id}>
                <td>
                  <Link to={`/studies/${study.id}`}>
                    <Timestamp value={study.created_at} />
                  </Link>
                </td>
                <td>{study.priority === "stat" ? "Acute" : "Routine"}</td>
                <td>{study.job ? <JobBadge state={study.job.state} /> : "—"}</td>
                <td>{resultOf(study)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <LoadMore {...studies} />
    </>
  );
}

function resultOf(study: Study): string {
  if (study.finding) {
    const { haematoma_ml, oedema_ml } = study.finding.report;
    return `Haematoma ${millilitres(haematoma_ml)}, oedema ${millilitres(oedema_ml)}`;
  }
  if (study.job?.error && isWithoutResult(study.job)) return `Not analysed: ${study.job.error.detail}`;
  return "Not analysed yet";
}
