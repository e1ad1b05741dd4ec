import { Link, useParams } from "react-router";
import type { Risk } from "../api/types";
import { usePatient } from "../patients/queries";
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
  const patient = usePatient(risk.patient_id);
  const label = patient.data ? `${patient.data.family_name}, ${patient.data.given_name}` : "Patient";
  return (
    <section className="risk">
      <p className="breadcrumb">
        <Link to={`/patients/${risk.patient_id}?risk=history`}>← {label}</Link>
      </p>
      <h1>
        Risk assessed <Timestamp value={risk.created_at} />
      </h1>
      <h2 className="visually-hidden">Assessment</h2>
      <RiskView risk={risk} />
    </section>
  );
}
