"""Takes a received upload in: study, files, job and message in one transaction."""

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

from fastapi import Response
from sqlalchemy.orm import Session

from gateway.address import API
from gateway.idempotency import Call
from gateway.jobs.schemas import Job
from gateway.patients.service import existing, in_care
from gateway.studies.admission import refuse_when_full
from gateway.studies.checks import check_files
from gateway.studies.receiving import ReceivedFile
from gateway.studies.schemas import StudyAccepted
from gateway.studies.service import shown
from shared.contracts.names import JobKind, Priority
from shared.contracts.states import EventType
from shared.database import jobs
from shared.database.columns import now
from shared.database.journal import note_audit, note_event
from shared.database.tables import Study, StudyFile
from shared.observability import metrics

_KIND = JobKind.CT_SEGMENT


def refuse_early(call: Call, patient_id: UUID, priority: Priority) -> None:
    """Refuse before the body is read what would be refused after it. Raises NotFoundError, QueueFullError."""
    answered = call.already_answered()
    with call.platform.database.reading() as session:
        existing(session, patient_id)
        if not answered:
            refuse_when_full(session, call.platform.settings, _KIND, priority)


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
    refuse_when_full(session, call.platform.settings, _KIND, priority)
    study = Study(id=uuid4(), patient_id=patient_id, modality="CT", uploaded_by=call.user.id, created_at=now())
    session.add(study)
    session.flush()
    session.add_all(
        StudyFile(study_id=study.id, name=file.name, digest=file.staged.digest, size=file.staged.size) for file in files
    )
    note_event(session, EventType.STUDY_CREATED, patient_id=patient_id, study_id=study.id)
    job = jobs.enqueue(
        session,
        _KIND,
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
    _place(files)
    return accepted


def _place(files: Sequence[ReceivedFile]) -> None:
    """Give the bytes their addresses: the last step before the commit, when nothing but the database can still fail.

    They are never taken back. A connection lost during COMMIT does not tell whether the study exists, and the same
    content may meanwhile belong to another upload. What is left behind then is found again under its digest when the
    study is sent again.
    """
    for file in files:
        file.staged.commit()
