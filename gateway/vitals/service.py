"""Vital signs: taking them in, each once, and reading them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import FieldsRefusedError
from gateway.jobs.schemas import Job
from gateway.paging import Paging, fetch
from gateway.patients.service import existing, in_care
from gateway.vitals.schemas import VitalsIn, VitalsStored
from shared.contracts.states import EventType
from shared.contracts.vitals import VITALS, VitalKind
from shared.database.assessments import request_assessment
from shared.database.journal import note_audit, note_event
from shared.database.tables import Vital
from shared.settings import Settings


def store(session: Session, batch: VitalsIn, settings: Settings, actor: str) -> VitalsStored:
    """Take in what is new of ``batch`` and have the patient's risk computed from it.

    Raises NotFoundError, PatientArchivedError, FieldsRefusedError.
    """
    if refused := list(batch.contradictions()):
        raise FieldsRefusedError(refused)
    in_care(session, batch.patient_id)  # locks the patient: no other batch comes between looking and adding
    known = _known(session, batch)
    fresh = {(v.kind, v.measured_at): v for v in batch.vitals if (v.kind, v.measured_at) not in known}
    session.add_all(
        Vital(
            patient_id=batch.patient_id,
            device=batch.device,
            source=batch.source,
            kind=vital.kind,
            value=vital.stored_value,
            unit=VITALS[vital.kind].unit,
            quality=vital.quality,
            measured_at=vital.measured_at,
            device_time=vital.measured_at,
        )
        for vital in fresh.values()
    )
    answer = VitalsStored(stored=len(fresh), duplicates=len(batch.vitals) - len(fresh), assessment=None)
    if not fresh:
        return answer
    job = request_assessment(
        session, batch.patient_id, max_attempts=settings.job_max_attempts, pause_s=settings.risk_pause_s
    )
    note_event(session, EventType.VITALS_STORED, patient_id=batch.patient_id, payload={"stored": len(fresh)})
    resource, detail = f"patient/{batch.patient_id}", {"device": batch.device, "stored": len(fresh)}
    note_audit(session, actor=actor, action="vitals.stored", resource=resource, detail=detail)
    return answer.model_copy(update={"assessment": Job.of(job)})


def of_patient(
    session: Session, patient_id: UUID, kind: VitalKind | None, paging: Paging, actor: str
) -> tuple[list[Vital], str | None]:
    """A patient's values, the latest measured first. Raises NotFoundError."""
    existing(session, patient_id)
    query = select(Vital).where(Vital.patient_id == patient_id)
    if kind is not None:
        query = query.where(Vital.kind == kind)
    found = fetch(session, query, [Vital.measured_at, Vital.id], paging, descending=True)
    note_audit(session, actor=actor, action="vitals.read", resource=f"patient/{patient_id}")
    return found


def _known(session: Session, batch: VitalsIn) -> set[tuple[str, datetime]]:
    times = [vital.measured_at for vital in batch.vitals]
    query = select(Vital.kind, Vital.measured_at).where(
        Vital.patient_id == batch.patient_id,
        Vital.device == batch.device,
        Vital.measured_at.between(min(times), max(times)),
    )
    return {(kind, measured_at) for kind, measured_at in session.execute(query)}
