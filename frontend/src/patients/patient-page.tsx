import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { Patient } from "../api/types";
import { HeartRatePanel } from "../heart-rates/heart-rate-panel";
import { RiskBadge } from "../risks/risk-badge";
import { RiskPanel } from "../risks/risk-panel";
import { useMayWrite, useUser } from "../session/session";
import { StudyTable } from "../studies/study-table";
import { UploadForm } from "../studies/upload-form";
import { Failure, Loading } from "../ui/async-state";
import { Dialog } from "../ui/dialog";
import { calendarDate } from "../ui/format";
import { usePageTitle } from "../ui/page-title";
import { ProblemNotice } from "../ui/problem-notice";
import { Timestamp } from "../ui/timestamp";
import { historyInWords } from "./history";
import { PatientForm } from "./patient-form";
import { useArchivePatient, usePatient, useUpdatePatient } from "./queries";

/** One patient: facts, upload, studies, heart rate, risk. */
export function PatientPage() {
  const { patientId = "" } = useParams();
  const patient = usePatient(patientId);
  usePageTitle(patient.data ? nameOf(patient.data) : "Patient");
  if (patient.isPending) return <Loading what="patient" />;
  if (patient.isError) return <Failure error={patient.error} retry={patient.refetch} />;
  return <Loaded patient={patient.data} />;
}

function Loaded({ patient }: { patient: Patient }) {
  const [dialog, setDialog] = useState<"edit" | "archive" | null>(null);
  const mayWrite = useMayWrite();
  const isAdmin = useUser()?.role === "admin";
  const isArchived = Boolean(patient.archived_at);
  return (
    <section>
      <div className="title-row">
        <h1>{nameOf(patient)}</h1>
        <RiskBadge patientId={patient.id} />
        {isArchived && <span className="badge">Archived</span>}
        {mayWrite && !isArchived && (
          <button type="button" className="button" onClick={() => setDialog("edit")}>
            Edit
          </button>
        )}
        {isAdmin && !isArchived && (
          <button type="button" className="button" onClick={() => setDialog("archive")}>
            Archive
          </button>
        )}
      </div>
      <Facts patient={patient} />
      {mayWrite && !isArchived && <UploadForm patientId={patient.id} />}
      <h2>Studies</h2>
      <StudyTable patientId={patient.id} />
      <HeartRatePanel patient={patient} />
      <RiskPanel key={patient.id} patient={patient} />
      {dialog === "edit" && <EditDialog patient={patient} onClose={() => setDialog(null)} />}
      {dialog === "archive" && <ArchiveDialog patient={patient} onClose={() => setDialog(null)} />}
    </section>
  );
}

function Facts({ patient }: { patient: Patient }) {
  const history = historyInWords(patient.history);
  return (
    <dl className="facts">
      <dt>Record number</dt>
      <dd>{patient.medical_record_number}</dd>
      <dt>Born</dt>
      <dd>{patient.birth_date ? calendarDate(patient.birth_date) : "unknown"}</dd>
      <dt>Sex</dt>
      <dd>{patient.sex}</dd>
      <dt>Onset</dt>
      <dd>{patient.onset_at ? <Timestamp value={patient.onset_at} /> : "unknown"}</dd>
      <dt>History</dt>
      <dd>{history.join(", ") || "nothing recorded"}</dd>
    </dl>
  );
}

function EditDialog({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  const update = useUpdatePatient(patient.id, onClose);
  return (
    <Dialog title="Edit patient" onClose={onClose}>
      <PatientForm
        patient={patient}
        error={update.error}
        isPending={update.isPending}
        submitLabel="Save"
        onSubmit={(values) => update.mutate(values)}
      />
    </Dialog>
  );
}

function ArchiveDialog({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  const navigate = useNavigate();
  const archive = useArchivePatient(patient.id, () => void navigate("/patients"));
  return (
    <Dialog title={`Archive ${nameOf(patient)}?`} onClose={onClose}>
      <p>The patient leaves the list. Studies, results and the audit trail are kept.</p>
      {archive.error && <ProblemNotice error={archive.error} />}
      <button type="button" className="button danger" disabled={archive.isPending} onClick={() => archive.mutate()}>
        Archive patient
      </button>
    </Dialog>
  );
}

function nameOf(patient: Patient): string {
  return `${patient.family_name}, ${patient.given_name}`;
}
