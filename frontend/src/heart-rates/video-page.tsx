import { useParams } from "react-router";
import type { Video } from "../api/types";
import { JobPanel } from "../jobs/job-panel";
import { PatientLink } from "../patients/patient-link";
import { Failure, Loading } from "../ui/async-state";
import { bytes } from "../ui/format";
import { usePageTitle } from "../ui/page-title";
import { Timestamp } from "../ui/timestamp";
import { useVideo } from "./queries";
import { ReadingView } from "./reading-view";

/** One video of a face: state of its analysis, live, and what it says of the heart rate. */
export function VideoPage() {
  usePageTitle("Video of the face");
  const { videoId = "" } = useParams();
  const video = useVideo(videoId);
  if (video.isPending) return <Loading what="video" />;
  if (video.isError) return <Failure error={video.error} retry={video.refetch} />;
  return <Loaded video={video.data} />;
}

function Loaded({ video }: { video: Video }) {
  const { job, reading } = video;
  return (
    <section className="heart-rate">
      <PatientLink patientId={video.patient_id} />
      <h1>
        Video of the face recorded <Timestamp value={video.recorded_at} />
      </h1>
      <p className="fine-print">
        {video.name}, {bytes(video.size_bytes)}, by {video.source}, received <Timestamp value={video.created_at} />
      </p>
      {job && <JobPanel job={job} input="video" noResult={NO_READING} />}
      {reading && !isCurrent(video) && (
        <p className="notice warn">
          What follows comes from an earlier analysis (<Timestamp value={reading.created_at} />
          ), not from the latest one.
        </p>
      )}
      {reading && <ReadingView reading={reading} />}
    </section>
  );
}

const NO_READING = (
  <>
    <strong>There is no reading. This says nothing of the heart rate</strong>; measure it in another way, or record the
    video again.
  </>
);

function isCurrent({ job, reading }: Video): boolean {
  return job?.state === "succeeded" && job.id === reading?.job_id;
}
