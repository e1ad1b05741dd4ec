import type { Patient } from "../api/types";
import { useMayWrite } from "../session/session";
import { Empty, Failure, Loading } from "../ui/async-state";
import { Tabs, useTab } from "../ui/tabs";
import { LatestRate } from "./latest-rate";
import { usePatientHeartRate } from "./queries";
import { hoursInWords } from "./trend";
import { TrendChart } from "./trend-chart";
import { TrendFigures } from "./trend-figures";
import { VideoTable } from "./video-table";
import { VideoUploadForm } from "./video-upload-form";

const HOURS = [
  { value: "1", label: "1 h" },
  { value: "6", label: "6 h" },
  { value: "24", label: "24 h" },
  { value: "72", label: "72 h" },
] as const;

/** A patient's heart rate: now, over the last hours, and the videos that it was read from. */
export function HeartRatePanel({ patient }: { patient: Patient }) {
  const mayUpload = useMayWrite() && !patient.archived_at;
  return (
    <section className="heart-rate" aria-labelledby="heart-rate">
      <h2 id="heart-rate">Heart rate</h2>
      <Course patientId={patient.id} />
      {mayUpload && <VideoUploadForm patientId={patient.id} />}
      <h3>Videos of the face</h3>
      <VideoTable patientId={patient.id} />
    </section>
  );
}

function Course({ patientId }: { patientId: string }) {
  const hours = Number(useTab("hours", HOURS, "24"));
  const found = usePatientHeartRate(patientId, hours);
  return (
    <>
      <Tabs
        label="Hours shown"
        param="hours"
        options={HOURS}
        current={String(hours) as (typeof HOURS)[number]["value"]}
      />
      {found.isPending && <Loading what="heart rate" />}
      {found.isError && <Failure error={found.error} retry={found.refetch} />}
      {found.isSuccess && !found.data.latest && <NothingMeasured hours={hours} />}
      {found.isSuccess && found.data.latest && (
        <>
          <LatestRate point={found.data.latest} now={found.dataUpdatedAt} />
          <div className="card">
            <TrendChart points={found.data.points} hours={hours} now={found.dataUpdatedAt} />
            <TrendFigures points={found.data.points} hours={hours} />
          </div>
        </>
      )}
    </>
  );
}

function NothingMeasured({ hours }: { hours: number }) {
  return (
    <Empty>
      No heart rate was measured in the last {hoursInWords(hours)}. To get one, upload a video of the face (15 seconds
      or longer, at rest, in steady light), or have a monitor or wearable send vital signs to{" "}
      <code>/api/v1/vitals</code>.
    </Empty>
  );
}
