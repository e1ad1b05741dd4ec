import { Fragment, lazy, Suspense } from "react";
import { useParams } from "react-router";
import type { CtReport, Finding, Study } from "../api/types";
import { JobPanel } from "../jobs/job-panel";
import { PatientLink } from "../patients/patient-link";
import { Failure, Loading } from "../ui/async-state";
import { usePageTitle } from "../ui/page-title";
import { Timestamp } from "../ui/timestamp";
import type { Lesion } from "../viewer/scene";
import { useStudy } from "./queries";
import { Details, Summary } from "./report";

// NiiVue is the largest part of the page by far: fetched only where a volume is shown.
const CtViewer = lazy(() => import("../viewer/ct-viewer"));

/** One study: state of its analysis, live, and what was found. */
export function StudyPage() {
  usePageTitle("Study");
  const { studyId = "" } = useParams();
  const study = useStudy(studyId);
  if (study.isPending) return <Loading what="study" />;
  if (study.isError) return <Failure error={study.error} retry={study.refetch} />;
  return (
    <section>
      <PatientLink patientId={study.data.patient_id} />
      <Heading study={study.data} />
      {study.data.job && <JobPanel job={study.data.job} input="study" noResult={NO_FINDING} />}
      {study.data.finding && <Result finding={study.data.finding} isCurrent={isCurrent(study.data)} />}
    </section>
  );
}

const NO_FINDING = (
  <>
    <strong>There is no result. This is not a negative finding</strong>; the images need to be read by a person.
  </>
);

function Heading({ study }: { study: Study }) {
  return (
    <div className="title-row">
      <h1>
        Head CT received <Timestamp value={study.created_at} />
      </h1>
      {study.priority === "stat" && <span className="badge state-running">Acute</span>}
    </div>
  );
}

function Result({ finding, isCurrent: isFromLatestJob }: { finding: Finding; isCurrent: boolean }) {
  return (
    <>
      {!isFromLatestJob && (
        <p className="notice warn">
          What follows comes from an earlier analysis (<Timestamp value={finding.created_at} />
          ), not from the latest one.
        </p>
      )}
      <Summary report={finding.report} />
      <Images finding={finding} />
      <Details finding={finding} />
    </>
  );
}

function Images({ finding }: { finding: Finding }) {
  const { volume, mask, preview, fhir, hl7 } = finding.links;
  return (
    <>
      {volume && mask && (
        <Suspense fallback={<Loading what="viewer" />}>
          <CtViewer key={finding.id} volumeUrl={volume} maskUrl={mask} lesion={lesionOf(finding.report)} />
        </Suspense>
      )}
      <section className="card preview">
        {preview && <img src={preview} alt="Slice with the most lesion, lesions outlined" />}
        <p>
          Download (NIfTI):{" "}
          {volume && (
            <a href={volume} download={`${finding.id}-volume.nii.gz`}>
              CT volume
            </a>
          )}{" "}
          {mask && (
            <a href={mask} download={`${finding.id}-mask.nii.gz`}>
              mask
            </a>
          )}
        </p>
        <DicomObjects finding={finding} />
        <p>
          For other systems:{" "}
          <a href={fhir} download={`${finding.id}.fhir.json`}>
            FHIR
          </a>
          {" · "}
          <a href={hl7} download={`${finding.id}.hl7`}>
            HL7
          </a>
        </p>
      </section>
    </>
  );
}

/** The result as DICOM, where the source was DICOM. */
function DicomObjects({ finding }: { finding: Finding }) {
  const { segmentation, structured_report, secondary_capture } = finding.links;
  const offered = [
    ["SEG", segmentation],
    ["SR", structured_report],
    ["capture", secondary_capture],
  ].filter((object): object is [string, string] => object[1] !== null);
  if (offered.length === 0) return null;
  return (
    <p>
      Download (DICOM, unverified):{" "}
      {offered.map(([name, address], index) => (
        <Fragment key={name}>
          {index > 0 && " · "}
          <a href={address} download={`${finding.id}-${name.toLowerCase()}.dcm`}>
            {name}
          </a>
        </Fragment>
      ))}
    </p>
  );
}

function isCurrent({ job, finding }: Study): boolean {
  return job?.state === "succeeded" && job.id === finding?.job_id;
}

/** Where the viewer opens: the slice with the most lesion, centred on the largest component. */
function lesionOf({ largest_lesion_slice, components }: CtReport): Lesion | null {
  if (largest_lesion_slice === null) return null;
  const [largest] = components.toSorted((a, b) => b.volume_ml - a.volume_ml);
  const [left, posterior, superior] = largest?.centroid_mm ?? [];
  const isKnown = left !== undefined && posterior !== undefined && superior !== undefined;
  return { slice: largest_lesion_slice, centre: isKnown ? [left, posterior, superior] : null };
}
