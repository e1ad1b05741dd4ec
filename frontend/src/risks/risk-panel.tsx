import { Link } from "react-router";
import type { Patient, RiskSummary } from "../api/types";
import { useMayWrite } from "../session/session";
import { Empty, Failure, Loading } from "../ui/async-state";
import { Tabs, useTab } from "../ui/tabs";
import { AssessNow } from "./assess-now";
import { HistoryView } from "./history/history-view";
import { useRisk, useRisks } from "./queries";
import { RiskView } from "./risk-view";
import { WhatIfView } from "./what-if/what-if-view";

const READING = [
  { value: "now", label: "Latest" },
  { value: "history", label: "History" },
] as const;
const ASKING = [...READING, { value: "what-if", label: "What if" }] as const;

/** A patient's risk: the latest assessment, how it came to that, and what would be if. */
export function RiskPanel({ patient }: { patient: Patient }) {
  const mayAssess = useMayWrite() && !patient.archived_at;
  const tabs = mayAssess ? ASKING : READING;
  const tab = useTab("risk", tabs);
  const risks = useRisks(patient.id);
  const latest = risks.items[0];
  return (
    <section className="risk" aria-labelledby="risk">
      <div className="title-row">
        <h2 id="risk">Risk</h2>
        {mayAssess && <AssessNow patientId={patient.id} latest={latest} />}
      </div>
      <Tabs label="Risk" param="risk" options={tabs} current={tab} />
      {risks.isPending && <Loading what="assessments" />}
      {risks.isError && <Failure error={risks.error} retry={risks.refetch} />}
      {risks.isSuccess && tab === "now" && <Latest patientId={patient.id} latest={latest} />}
      {risks.isSuccess && tab === "history" && <HistoryView risks={risks} />}
      {risks.isSuccess && tab === "what-if" && <WhatIfView patientId={patient.id} latest={latest} />}
    </section>
  );
}

function Latest({ patientId, latest }: { patientId: string; latest: RiskSummary | undefined }) {
  const risk = useRisk(latest?.id, patientId);
  if (!latest) {
    return (
      <Empty>
        Not assessed yet. An assessment follows each finding, vital sign and behaviour event. Nothing is known of the
        risk: it may be high.
      </Empty>
    );
  }
  if (risk.isPending) return <Loading what="assessment" />;
  if (risk.isError) return <Failure error={risk.error} retry={risk.refetch} />;
  return (
    <>
      <RiskView risk={risk.data} />
      <p className="fine-print">
        How earlier predictions came true: <Link to="/risks/calibration">calibration</Link>.
      </p>
    </>
  );
}
