"""Patients: finding, reading, adding, changing, archiving. Every step on a record is audited."""

from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.paging import Paging, fetch
from gateway.patients.schemas import PatientIn, PatientPatch
from shared.database.columns import now
from shared.database.journal import note_audit
from shared.database.tables import Patient
from shared.errors import PlatformError

_ESCAPE = "\\"


class MedicalRecordNumberTakenError(PlatformError):
    """Another patient has this number."""

    code = "medical_record_number_taken"
    status = 409

    def __init__(self) -> None:
        super().__init__("Another patient, perhaps an archived one, has this medical record number; look it up first.")


class PatientArchivedError(PlatformError):
    """The patient is no longer in care."""

    code = "patient_archived"
    status = 409

    def __init__(self) -> None:
        super().__init__("This patient is archived; the record can be read but not be added to.")


def search(
    session: Session, words: str, archived: bool, paging: Paging, actor: str
) -> tuple[list[Patient], str | None]:
    """Patients by name, each of the words being part of a name or of the medical record number."""
    query = select(Patient).where(*(_contains(word) for word in words.split()))
    if not archived:
        query = query.where(Patient.archived_at.is_(None))
    rows, cursor = fetch(session, query, [Patient.family_name, Patient.given_name, Patient.id], paging)
    note_audit(session, actor=actor, action="patients.listed", resource="patients", detail={"shown": len(rows)})
    return rows, cursor


def read(session: Session, patient_id: UUID, actor: str) -> Patient:
    """One patient's record, for someone to see. Raises NotFoundError."""
    patient = existing(session, patient_id)
    note_audit(session, actor=actor, action="patient.read", resource=f"patient/{patient_id}")
    return patient


def existing(session: Session, patient_id: UUID) -> Patient:
    """One patient. Raises NotFoundError."""
    patient = session.get(Patient, patient_id)
    if patient is None:
        raise NotFoundError("patient")
    return patient


def in_care(session: Session, patient_id: UUID) -> Patient:
    """One patient whose record may grow; it cannot be archived before this transaction ends.

    Raises NotFoundError, PatientArchivedError.
    """
    patient = session.get(Patient, patient_id, with_for_update=True)
    if patient is None:
        raise NotFoundError("patient")
    if patient.archived_at is not None:
        raise PatientArchivedError
    return patient


def add(session: Session, new: PatientIn, actor: str) -> Patient:
    """Take a person into care. Raises MedicalRecordNumberTakenError."""
    patient = Patient(id=uuid4(), created_at=now(), updated_at=now(), archived_at=None, **new.model_dump())
    session.add(patient)
    _flush(session)
    note_audit(session, actor=actor, action="patient.created", resource=f"patient/{patient.id}")
    return patient


def change(session: Session, patient_id: UUID, patch: PatientPatch, actor: str) -> Patient:
    """Change what ``patch`` names. Raises NotFoundError, PatientArchivedError, MedicalRecordNumberTakenError."""
    patient = in_care(session, patient_id)
    changes = patch.model_dump(exclude_unset=True)
    for field, value in changes.items():
        setattr(patient, field, value)
    patient.updated_at = now()
    _flush(session)
    detail = {"fields": sorted(changes)}
    note_audit(session, actor=actor, action="patient.changed", resource=f"patient/{patient_id}", detail=detail)
    return patient


def archive(session: Session, patient_id: UUID, actor: str) -> None:
    """Take a person out of the lists; nothing is erased. Raises NotFoundError."""
    patient = session.get(Patient, patient_id, with_for_update=True)
    if patient is None:
        raise NotFoundError("patient")
    if patient.archived_at is None:
        patient.archived_at = now()
        note_audit(session, actor=actor, action="patient.archived", resource=f"patient/{patient_id}")


def _contains(word: str) -> ColumnElement[bool]:
    escaped = word.lower()
    for special in (_ESCAPE, "%", "_"):
        escaped = escaped.replace(special, _ESCAPE + special)
    columns = (Patient.medical_record_number, Patient.family_name, Patient.given_name)
    return or_(*(func.lower(column).like(f"%{escaped}%", escape=_ESCAPE) for column in columns))


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise MedicalRecordNumberTakenError from error
