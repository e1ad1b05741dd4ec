import { useParams } from "react-router";
import type { Risk } from "../api/types";
import { PatientLink } from "../patients/patient-link";
import { Failure, Loading } from "../ui/async-state";
import { usePageTitle } from "../ui/page-title";
import { Timestamp } from "../ui/timestamp";
import { useRisk } from "./queries";
import { RiskView } from "./risk-view";

/** One assessment, as it was then. */
export function RiskPage() {
  usePageTitle("Risk assessment");
  const { riskId = "" } = useParams();
  const risk = useRisk(riskId);
  if (risk.isPending) return <Loading what="assessment" />;
  if (risk.isError) return <Failure error={risk.error} retry={risk.refetch} />;
  return <Loaded risk={risk.data} />;
}

function Loaded({ risk }: { risk: Risk }) {
  return (
    <section className="risk">
      <PatientLink patientId={risk.patient_id} search="?risk=history" />
      <h1>
        Risk assessed <Timestamp value={risk.created_at} />
      </h1>
      <h2 className="visually-hidden">Assessment</h2>
      <RiskView risk={risk} />
    </section>
  );
}
