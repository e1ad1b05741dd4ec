"""Studies: listing and reading, each with its latest job and finding."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, lazyload

from gateway.errors import NotFoundError
from gateway.findings.schemas import Finding
from gateway.jobs.schemas import Job
from gateway.paging import Paging, fetch
from gateway.patients.service import existing as existing_patient
from gateway.studies.schemas import Study
from shared.contracts.names import Priority
from shared.database.journal import note_audit
from shared.database.tables import Finding as FindingRow
from shared.database.tables import Job as JobRow
from shared.database.tables import Study as StudyRow
from shared.database.tables import StudyFile

# A study may have thousands of files, which only a worker needs to see.
_WITHOUT_FILES = lazyload(StudyRow.files)


def list_studies(
    session: Session, patient_id: UUID | None, paging: Paging, actor: str
) -> tuple[list[Study], str | None]:
    """Studies of a patient, or of all, newest first. Raises NotFoundError."""
    query = select(StudyRow).options(_WITHOUT_FILES)
    if patient_id is not None:
        existing_patient(session, patient_id)
        query = query.where(StudyRow.patient_id == patient_id)
    rows, cursor = fetch(session, query, [StudyRow.created_at, StudyRow.id], paging, descending=True)
    resource = "studies" if patient_id is None else f"patient/{patient_id}"
    note_audit(session, actor=actor, action="studies.listed", resource=resource, detail={"shown": len(rows)})
    return shown(session, rows), cursor


def read(session: Session, study_id: UUID, actor: str) -> Study:
    """One study, for someone to see. Raises NotFoundError."""
    row = session.get(StudyRow, study_id, options=[_WITHOUT_FILES])
    if row is None:
        raise NotFoundError("study")
    note_audit(session, actor=actor, action="study.read", resource=f"study/{study_id}")
    return shown(session, [row])[0]


def shown(session: Session, rows: Sequence[StudyRow]) -> list[Study]:
    """The studies as answers: three queries, however many there are."""
    ids = [row.id for row in rows]
    totals = {
        study_id: (count, int(size))
        for study_id, count, size in session.execute(
            select(StudyFile.study_id, func.count(), func.sum(StudyFile.size))
            .where(StudyFile.study_id.in_(ids))
            .group_by(StudyFile.study_id)
        )
    }
    # Oldest first, so that the latest stays in the dictionary.
    by_age = select(JobRow).where(JobRow.study_id.in_(ids)).order_by(JobRow.created_at, JobRow.id)
    jobs = {row.study_id: Job.of(row) for row in session.scalars(by_age)}
    found = select(FindingRow).where(FindingRow.study_id.in_(ids)).order_by(FindingRow.created_at, FindingRow.id)
    findings = {row.study_id: Finding.of(row) for row in session.scalars(found)}
    studies = []
    for row in rows:
        file_count, size_bytes = totals.get(row.id, (0, 0))
        job = jobs.get(row.id)
        studies.append(
            Study(
                id=row.id,
                patient_id=row.patient_id,
                modality=row.modality,
                priority=Priority.ROUTINE if job is None else job.priority,
                created_at=row.created_at,
                file_count=file_count,
                size_bytes=size_bytes,
                job=job,
                finding=findings.get(row.id),
            )
        )
    return studies
