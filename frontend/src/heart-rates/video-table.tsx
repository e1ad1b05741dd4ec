import { Link } from "react-router";
import { JobBadge } from "../jobs/job-badge";
import { Empty, Failure, Loading } from "../ui/async-state";
import { LoadMore } from "../ui/load-more";
import { TableFrame } from "../ui/table-frame";
import { Timestamp } from "../ui/timestamp";
import { usePatientVideos } from "./queries";
import { resultOf } from "./result";

/** The videos of a patient with the state of their analysis. */
export function VideoTable({ patientId }: { patientId: string }) {
  const videos = usePatientVideos(patientId);
  if (videos.isPending) return <Loading what="videos" />;
  if (videos.isError) return <Failure error={videos.error} retry={videos.refetch} />;
  if (videos.items.length === 0) return <Empty>No video has been uploaded yet.</Empty>;
  return (
    <>
      <TableFrame>
        <table aria-label="Videos, the newest first">
          <thead>
            <tr>
              <th scope="col">Recorded</th>
              <th scope="col">By</th>
              <th scope="col">Analysis</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {videos.items.map((video) => (
              <tr key={video.id}>
                <td>
                  <Link to={`/videos/${video.id}`}>
                    <Timestamp value={video.recorded_at} />
                  </Link>
                </td>
                <td>{video.source}</td>
                <td>{video.job ? <JobBadge state={video.job.state} /> : "—"}</td>
                <td>{resultOf(video)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <LoadMore {...videos} />
    </>
  );
}
