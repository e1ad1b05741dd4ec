"""Takes a received upload in: study, files, job and message in one transaction."""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from fastapi import Response
from sqlalchemy.orm import Session

from gateway.address import API
from gateway.idempotency import Call
from gateway.jobs.schemas import Job
from gateway.patients.service import in_care
from gateway.studies.checks import check_files
from gateway.studies.schemas import StudyAccepted
from gateway.studies.service import shown
from gateway.uploads.admission import refuse_when_full
from gateway.uploads.form import UploadForm
from gateway.uploads.receiving import ReceivedFile, place
from shared.contracts.names import JobKind, Priority
from shared.contracts.states import EventType
from shared.database import jobs
from shared.database.columns import now
from shared.database.journal import note_audit, note_event
from shared.database.tables import Study, StudyFile
from shared.observability import metrics
from shared.settings import Settings

KIND: Final = JobKind.CT_SEGMENT


def form(settings: Settings) -> UploadForm:
    """What the upload of one study may be."""
    return UploadForm(
        max_bytes=settings.upload_max_bytes,
        max_files=settings.upload_max_files,
        content="a head CT",
        advice="send one series per upload, as a zip where it has too many files",
    )


def accept(call: Call, patient_id: UUID, priority: Priority, files: Sequence[ReceivedFile]) -> Response:
    """Check the files and take them in; answers with study and job. Raises what the checks raise, QueueFullError."""
    check_files(files, call.platform.settings)
    answer = call.once(
        lambda session: _take_in(session, call, patient_id, priority, files),
        content=json.dumps([priority, [[file.name, file.staged.digest] for file in files]]),
        status=202,
        location=lambda accepted: f"{API}/jobs/{accepted.job.id}",
    )
    metrics.UPLOADED_BYTES.inc(sum(file.staged.size for file in files))
    call.platform.wake_relay()
    return answer


def _take_in(
    session: Session, call: Call, patient_id: UUID, priority: Priority, files: Sequence[ReceivedFile]
) -> StudyAccepted:
    in_care(session, patient_id)
    refuse_when_full(session, call.platform.settings, KIND, priority)
    study = Study(id=uuid4(), patient_id=patient_id, modality="CT", uploaded_by=call.user.id, created_at=now())
    session.add(study)
    session.flush()
    session.add_all(
        StudyFile(study_id=study.id, name=file.name, digest=file.staged.digest, size=file.staged.size) for file in files
    )
    note_event(session, EventType.STUDY_CREATED, patient_id=patient_id, study_id=study.id)
    job = jobs.enqueue(
        session,
        KIND,
        priority,
        patient_id=patient_id,
        study_id=study.id,
        max_attempts=call.platform.settings.job_max_attempts,
    )
    note_audit(
        session,
        actor=call.user.actor,
        action="study.uploaded",
        resource=f"study/{study.id}",
        detail={"files": len(files), "priority": priority},
    )
    accepted = StudyAccepted(study=shown(session, [study])[0], job=Job.of(job))
    place(files)
    return accepted
