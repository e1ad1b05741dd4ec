"""Heart rates read from videos: listing, reading one, and the plots that belong to it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.paging import Paging, fetch
from gateway.patients.service import existing
from shared.artifacts.store import ArtifactRef
from shared.database.journal import note_audit
from shared.database.tables import HeartRateReading


def of_patient(
    session: Session, patient_id: UUID, paging: Paging, actor: str
) -> tuple[list[HeartRateReading], str | None]:
    """All readings of a patient, newest first. Raises NotFoundError."""
    existing(session, patient_id)
    query = select(HeartRateReading).where(HeartRateReading.patient_id == patient_id)
    found = fetch(session, query, [HeartRateReading.created_at, HeartRateReading.id], paging, descending=True)
    note_audit(session, actor=actor, action="heart_rates.read", resource=f"patient/{patient_id}")
    return found


def read(session: Session, reading_id: UUID, actor: str) -> HeartRateReading:
    """One reading, for someone to see. Raises NotFoundError."""
    reading = session.get(HeartRateReading, reading_id)
    if reading is None:
        raise NotFoundError("heart rate reading")
    note_audit(session, actor=actor, action="heart_rate.read", resource=f"heart_rate/{reading_id}")
    return reading


def plot(session: Session, reading_id: UUID, role: str, actor: str) -> ArtifactRef:
    """Where the reading's plot of this role is stored. Raises NotFoundError."""
    reading = session.get(HeartRateReading, reading_id)
    if reading is None or role not in reading.artifacts:
        raise NotFoundError(f"{role} of a heart rate reading")
    resource, detail = f"heart_rate/{reading_id}", {"image": role}
    note_audit(session, actor=actor, action="heart_rate.image_read", resource=resource, detail=detail)
    return ArtifactRef.model_validate(reading.artifacts[role])
