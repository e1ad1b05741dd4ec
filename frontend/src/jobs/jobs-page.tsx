import { Link } from "react-router";
import type { Job } from "../api/types";
import { Empty, Failure, Loading } from "../ui/async-state";
import { percent, words } from "../ui/format";
import { LoadMore } from "../ui/load-more";
import { usePageTitle } from "../ui/page-title";
import { TableFrame } from "../ui/table-frame";
import { Tabs, useTab } from "../ui/tabs";
import { Timestamp } from "../ui/timestamp";
import { JobBadge } from "./job-badge";
import { useJobs } from "./queries";
import { RetryButton } from "./retry-button";

const TABS = [
  { value: "all", label: "All" },
  { value: "queued", label: "Waiting" },
  { value: "running", label: "Running" },
  { value: "refused", label: "Refused" },
  { value: "failed", label: "Failed" },
  { value: "succeeded", label: "Analysed" },
] as const;

/** All analyses by state, so that what was refused or failed is found and retried. */
export function JobsPage() {
  usePageTitle("Analyses");
  const state = useTab("state", TABS);
  const jobs = useJobs(state);
  return (
    <section>
      <h1>Analyses</h1>
      <Tabs label="State" param="state" options={TABS} current={state} />
      {jobs.isPending && <Loading what="analyses" />}
      {jobs.isError && <Failure error={jobs.error} retry={jobs.refetch} />}
      {jobs.isSuccess && jobs.items.length === 0 && <Empty>There are no analyses in this view.</Empty>}
      {jobs.items.length > 0 && <JobTable jobs={jobs.items} />}
      <LoadMore {...jobs} />
    </section>
  );
}

function JobTable({ jobs }: { jobs: Job[] }) {
  return (
    <TableFrame>
      <table>
        <thead>
          <tr>
            <th scope="col">Requested</th>
            <th scope="col">Of</th>
            <th scope="col">State</th>
            <th scope="col">Details</th>
            <th scope="col">Attempts</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id}>
              <td>
                <Link to={addressOf(job)}>
                  <Timestamp value={job.created_at} />
                </Link>
              </td>
              <td>{KINDS[job.kind]}</td>
              <td>
                <JobBadge state={job.state} />
              </td>
              <td>{detailsOf(job)}</td>
              <td>
                {job.attempts} of {job.max_attempts}
              </td>
              <td>
                <RetryButton job={job} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

/** What is analysed. */
const KINDS: Record<Job["kind"], string> = {
  "ct.segment": "Head CT",
  "heart_rate.estimate": "Video of the face",
  "risk.assess": "Risk",
  "risk.what_if": "Risk, what if",
};

/** Where the result is shown. */
function addressOf({ study_id, video_id, patient_id }: Job): string {
  if (study_id) return `/studies/${study_id}`;
  return video_id ? `/videos/${video_id}` : `/patients/${patient_id}`;
}

function detailsOf(job: Job): string {
  if (job.error) return job.error.detail;
  if (job.state === "running") return `${words(job.stage)}, ${percent(job.progress)}`;
  return "";
}
