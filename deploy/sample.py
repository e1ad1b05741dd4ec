"""The demonstration's study: a generated head CT with a bleed of known volume. No patient's data is in it."""

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.artifacts.store import ArtifactRef, ArtifactStore
from shared.contracts.names import JobKind, Priority
from shared.contracts.states import EventType
from shared.database import jobs
from shared.database.engine import Database
from shared.database.journal import note_audit, note_event
from shared.database.tables import Patient, Study, StudyFile
from shared.settings import Settings
from tests.fixtures.dicom_series import DicomOptions, dicom_files, zip_of
from tests.fixtures.head_phantom import Bleed, HeadPhantom

RECORD_NUMBER = "DEMO-1"
TRUE_HAEMATOMA_ML = Bleed().haematoma_ml


def submit_sample(database: Database, artifacts: ArtifactStore, settings: Settings) -> UUID:
    """Submit the generated head CT, unless it was on an earlier start; returns the study."""
    with database.reading() as session:
        known = select(Study.id).join(Patient).where(Patient.medical_record_number == RECORD_NUMBER)
        study_id = session.scalar(known.order_by(Study.created_at).limit(1))
    if study_id is not None:
        return study_id
    phantom = HeadPhantom().volume
    stored = artifacts.put_bytes(
        zip_of(dicom_files(phantom.hu, phantom.affine, DicomOptions())), media_type="application/zip"
    )
    return database.write(lambda session: _submit(session, stored, settings))


def _submit(session: Session, stored: ArtifactRef, settings: Settings) -> UUID:
    patient = Patient(
        id=uuid4(),
        medical_record_number=RECORD_NUMBER,
        family_name="Phantom",
        given_name="Generated",
        history={},
    )
    study = Study(id=uuid4(), patient_id=patient.id, modality="CT")
    study.files = [StudyFile(name="phantom.zip", digest=stored.digest, size=stored.size)]
    session.add(patient)
    session.flush()
    session.add(study)
    session.flush()
    note_event(session, EventType.STUDY_CREATED, patient_id=patient.id, study_id=study.id)
    note_audit(session, actor="demo", action="study.create", resource=f"study/{study.id}")
    jobs.enqueue(
        session,
        JobKind.CT_SEGMENT,
        Priority.STAT,
        patient_id=patient.id,
        study_id=study.id,
        max_attempts=settings.job_max_attempts,
    )
    return study.id
