import { Link } from "react-router";
import { usePatient } from "./queries";

interface Props {
  patientId: string;
  /** Which part of the patient's page: `?risk=history`. */
  search?: string;
}

/** The way back to whose study, video or assessment this is. */
export function PatientLink({ patientId, search = "" }: Props) {
  const patient = usePatient(patientId);
  const label = patient.data ? `${patient.data.family_name}, ${patient.data.given_name}` : "Patient";
  return (
    <p className="breadcrumb">
      <Link to={`/patients/${patientId}${search}`}>← {label}</Link>
    </p>
  );
}
