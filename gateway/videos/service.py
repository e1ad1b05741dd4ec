"""Videos: listing and reading, each with its latest job and reading."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.heart_rates.schemas import HeartRateReading
from gateway.jobs.schemas import Job
from gateway.paging import Paging, fetch
from gateway.patients.service import existing
from gateway.videos.schemas import Video
from shared.database.journal import note_audit
from shared.database.tables import HeartRateReading as HeartRateReadingRow
from shared.database.tables import Job as JobRow
from shared.database.tables import Video as VideoRow


def of_patient(session: Session, patient_id: UUID, paging: Paging, actor: str) -> tuple[list[Video], str | None]:
    """Videos of a patient, newest first, their readings in brief. Raises NotFoundError."""
    existing(session, patient_id)
    query = select(VideoRow).where(VideoRow.patient_id == patient_id)
    rows, cursor = fetch(session, query, [VideoRow.created_at, VideoRow.id], paging, descending=True)
    resource, detail = f"patient/{patient_id}", {"shown": len(rows)}
    note_audit(session, actor=actor, action="videos.listed", resource=resource, detail=detail)
    return [_in_brief(video) for video in shown(session, rows)], cursor


def read(session: Session, video_id: UUID, actor: str) -> Video:
    """One video, for someone to see. Raises NotFoundError."""
    row = session.get(VideoRow, video_id)
    if row is None:
        raise NotFoundError("video")
    note_audit(session, actor=actor, action="video.read", resource=f"video/{video_id}")
    return shown(session, [row])[0]


def shown(session: Session, rows: Sequence[VideoRow]) -> list[Video]:
    """The videos as answers: two queries, however many there are."""
    ids = [row.id for row in rows]
    # Oldest first, so that the latest stays in the dictionary.
    of_these = select(JobRow).where(JobRow.video_id.in_(ids)).order_by(JobRow.created_at, JobRow.id)
    jobs = {row.video_id: Job.of(row) for row in session.scalars(of_these)}
    read_from_these = (
        select(HeartRateReadingRow)
        .where(HeartRateReadingRow.video_id.in_(ids))
        .order_by(HeartRateReadingRow.created_at, HeartRateReadingRow.id)
    )
    readings = {row.video_id: HeartRateReading.of(row) for row in session.scalars(read_from_these)}
    return [
        Video(
            id=row.id,
            patient_id=row.patient_id,
            source=row.source,
            name=row.name,
            size_bytes=row.size,
            recorded_at=row.recorded_at,
            created_at=row.created_at,
            job=jobs.get(row.id),
            reading=readings.get(row.id),
        )
        for row in rows
    ]


def _in_brief(video: Video) -> Video:
    if video.reading is None:
        return video
    return video.model_copy(update={"reading": video.reading.in_brief()})
