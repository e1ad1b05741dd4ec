"""Behaviour events: taking them in, each once, and reading them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.behaviour_events.schemas import BehaviourEventIn, BehaviourEventsIn, BehaviourEventsStored
from gateway.errors import FieldsRefusedError
from gateway.jobs.schemas import Job
from gateway.paging import Paging, fetch
from gateway.patients.service import existing, in_care
from shared.contracts.states import EventType
from shared.database.assessments import request_assessment
from shared.database.journal import note_audit, note_event
from shared.database.tables import BehaviourEvent
from shared.settings import Settings

_Known = dict[tuple[str, datetime], BehaviourEvent]


def store(session: Session, batch: BehaviourEventsIn, settings: Settings, actor: str) -> BehaviourEventsStored:
    """Take in what is new of ``batch`` and have the patient's risk computed from it at once.

    Raises NotFoundError, PatientArchivedError, FieldsRefusedError.
    """
    if refused := batch.strangers():
        raise FieldsRefusedError(refused)
    in_care(session, batch.patient_id)  # locks the patient: no other batch comes between looking and adding
    known = _known(session, batch)
    stored = sum(_take_in(session, batch, event, known) for event in batch.events)
    answer = BehaviourEventsStored(stored=stored, duplicates=len(batch.events) - stored, assessment=None)
    if not stored:
        return answer
    job = request_assessment(session, batch.patient_id, max_attempts=settings.job_max_attempts)
    note_event(session, EventType.BEHAVIOUR_STORED, patient_id=batch.patient_id, payload={"stored": stored})
    resource, detail = f"patient/{batch.patient_id}", {"source": batch.source, "stored": stored}
    note_audit(session, actor=actor, action="behaviour_events.stored", resource=resource, detail=detail)
    return answer.model_copy(update={"assessment": Job.of(job)})


def of_patient(
    session: Session, patient_id: UUID, paging: Paging, actor: str
) -> tuple[list[BehaviourEvent], str | None]:
    """A patient's events, the latest begun first. Raises NotFoundError."""
    existing(session, patient_id)
    query = select(BehaviourEvent).where(BehaviourEvent.patient_id == patient_id)
    found = fetch(session, query, [BehaviourEvent.started_at, BehaviourEvent.id], paging, descending=True)
    note_audit(session, actor=actor, action="behaviour_events.read", resource=f"patient/{patient_id}")
    return found


def _known(session: Session, batch: BehaviourEventsIn) -> _Known:
    starts = [event.started_at for event in batch.events]
    query = select(BehaviourEvent).where(
        BehaviourEvent.patient_id == batch.patient_id,
        BehaviourEvent.source == batch.source,
        BehaviourEvent.started_at.between(min(starts), max(starts)),
    )
    return {(row.kind, row.started_at): row for row in session.scalars(query)}


def _take_in(session: Session, batch: BehaviourEventsIn, event: BehaviourEventIn, known: _Known) -> bool:
    """Add the event, or let the known one go on to its later end; whether anything changed."""
    key = (event.kind, event.started_at)
    row = known.get(key)
    if row is None:
        row = known[key] = BehaviourEvent(
            patient_id=batch.patient_id,
            source=batch.source,
            kind=event.kind,
            confidence=event.confidence,
            started_at=event.started_at,
            ended_at=event.ended_at,
        )
        session.add(row)
        return True
    if event.ended_at <= row.ended_at:
        return False
    row.ended_at, row.confidence = event.ended_at, max(row.confidence, event.confidence)
    return True
