"""Takes a received video in: its row, job and message in one transaction."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from fastapi import Response
from sqlalchemy.orm import Session

from gateway.address import API
from gateway.idempotency import Call
from gateway.jobs.schemas import Job
from gateway.patients.service import in_care
from gateway.uploads.admission import refuse_when_full
from gateway.uploads.errors import FileEmptyError, UnsupportedFileTypeError
from gateway.uploads.file_kinds import FileKind, described, kind_of
from gateway.uploads.form import UploadForm
from gateway.uploads.receiving import ReceivedFile, place
from gateway.videos.schemas import VideoAccepted
from gateway.videos.service import shown
from shared.contracts.names import JobKind, Priority
from shared.contracts.states import EventType
from shared.database import jobs
from shared.database.columns import now
from shared.database.journal import note_audit, note_event
from shared.database.tables import Video
from shared.observability import metrics
from shared.settings import Settings

KIND: Final = JobKind.HEART_RATE_ESTIMATE
PRIORITY: Final = Priority.ROUTINE
_ACCEPTED: Final = {FileKind.MP4, FileKind.MATROSKA, FileKind.AVI, FileKind.MPEG_TS}


@dataclass(frozen=True)
class Recording:
    """What the sender says of a video: whose it is, what recorded it, and when (None: at its arrival)."""

    patient_id: UUID
    source: str
    recorded_at: datetime | None


def form(settings: Settings) -> UploadForm:
    """What the upload of one video may be."""
    return UploadForm(
        max_bytes=settings.video_max_bytes,
        max_files=1,
        content="one video",
        advice="send one video per upload, shorter or more compressed where it is too large",
    )


def check_file(file: ReceivedFile) -> None:
    """Refuse what cannot be a video; whether it can be decoded is the worker's to find.

    Raises FileEmptyError, UnsupportedFileTypeError.
    """
    if file.staged.size == 0:
        raise FileEmptyError("The video has no bytes; record or export it again.")
    head = bytes(file.head)
    if kind_of(head) not in _ACCEPTED:
        accepted = "send a video as MP4, MOV, Matroska, WebM, AVI or MPEG transport stream"
        raise UnsupportedFileTypeError(f"The file is {described(head)}, whatever its name says; {accepted}.")


def accept(call: Call, recording: Recording, file: ReceivedFile) -> Response:
    """Check the file and take it in; answers with video and job. Raises what the check raises, QueueFullError."""
    check_file(file)
    recorded_at = None if recording.recorded_at is None else recording.recorded_at.isoformat()
    answer = call.once(
        lambda session: _take_in(session, call, recording, file),
        content=json.dumps([recording.source, recorded_at, file.name, file.staged.digest]),
        status=202,
        location=lambda accepted: f"{API}/jobs/{accepted.job.id}",
    )
    metrics.UPLOADED_BYTES.inc(file.staged.size)
    call.platform.wake_relay()
    return answer


def _take_in(session: Session, call: Call, recording: Recording, file: ReceivedFile) -> VideoAccepted:
    settings, patient_id, arrived_at = call.platform.settings, recording.patient_id, now()
    in_care(session, patient_id)
    refuse_when_full(session, settings, KIND, PRIORITY)
    video = Video(
        id=uuid4(),
        patient_id=patient_id,
        source=recording.source,
        name=file.name,
        digest=file.staged.digest,
        size=file.staged.size,
        recorded_at=recording.recorded_at or arrived_at,
        uploaded_by=call.user.id,
        created_at=arrived_at,
    )
    session.add(video)
    session.flush()
    note_event(session, EventType.VIDEO_CREATED, patient_id=patient_id, payload={"video_id": str(video.id)})
    job = jobs.enqueue(
        session, KIND, PRIORITY, patient_id=patient_id, video_id=video.id, max_attempts=settings.job_max_attempts
    )
    resource, detail = f"video/{video.id}", {"source": recording.source}
    note_audit(session, actor=call.user.actor, action="video.uploaded", resource=resource, detail=detail)
    accepted = VideoAccepted(video=shown(session, [video])[0], job=Job.of(job))
    place([file])
    return accepted
