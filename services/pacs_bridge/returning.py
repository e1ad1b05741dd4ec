"""Stores the DICOM objects of a finding back to the PACS, each once."""

from io import BytesIO
from typing import Final
from uuid import UUID

from pydicom import dcmread
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.pacs_bridge.errors import ResultNotStoredError
from services.pacs_bridge.parts import Parts, due, run_step, step_done
from shared.contracts.states import AlertLevel, PacsState
from shared.database.alerts import open_alert
from shared.database.columns import now
from shared.database.tables import Finding, PacsObject, PacsSeries
from shared.errors import PlatformError
from shared.observability import metrics
from shared.observability.logs import logger

log = logger(__name__)

# Roles of a finding's artifacts that are DICOM, in the order in which a reader wants them.
DICOM_ROLES: Final = ("secondary_capture", "structured_report", "segmentation")


def store_back(parts: Parts) -> None:
    """Store what belongs to answered series."""
    for row in due(parts, PacsState.ANSWERED):
        run_step(parts, row, _store_back, _give_up)


def _store_back(parts: Parts, row: PacsSeries) -> None:
    with parts.database.reading() as session:
        finding = session.get_one(Finding, row.finding_id)
        stored = set(
            session.scalars(
                select(PacsObject.role).where(PacsObject.finding_id == finding.id, PacsObject.stored_at.is_not(None))
            )
        )
    for role in DICOM_ROLES:
        if role in finding.artifacts and role not in stored:
            _store(parts, finding.id, role)
            parts.beat()
    parts.database.write(lambda session: _end(session, row.id))
    log.info("pacs_results_stored", series=str(row.id))


def _store(parts: Parts, finding_id: UUID, role: str) -> None:
    """Note the object's UIDs first, then send it: it must be known as ours before it can come back.

    Killed in between, it is sent again under the same UID, which the PACS keeps once.
    """
    content = parts.gateway.result(finding_id, role)
    head = dcmread(BytesIO(content), specific_tags=["SOPInstanceUID", "SeriesInstanceUID"])
    sop_uid, series_uid = str(head.SOPInstanceUID), str(head.SeriesInstanceUID)
    noted = PacsObject(
        sop_instance_uid=sop_uid, series_instance_uid=series_uid, finding_id=finding_id, role=role, created_at=now()
    )
    parts.database.write(lambda session: session.merge(noted))
    parts.pacs.store(content, sop_uid)
    parts.database.write(lambda session: _mark_stored(session, sop_uid))
    metrics.PACS_OBJECTS.labels(role).inc()


def _mark_stored(session: Session, sop_uid: str) -> None:
    session.get_one(PacsObject, sop_uid).stored_at = now()


def _end(session: Session, row_id: UUID) -> None:
    step_done(session.get_one(PacsSeries, row_id, with_for_update=True), PacsState.DONE)


def _give_up(parts: Parts, seen: PacsSeries, error: PlatformError) -> None:
    """The finding is on the platform, but the PACS does not take it: whoever reads there would not see it."""

    def work(session: Session) -> None:
        row = session.get_one(PacsSeries, seen.id, with_for_update=True)
        step_done(row, PacsState.DONE, ResultNotStoredError.code)
        finding = session.get_one(Finding, row.finding_id)
        open_alert(
            session,
            dedupe_key=f"pacs:{row.id}",
            level=AlertLevel.WARNING,
            code=ResultNotStoredError.code,
            message=f"The result is here, but not in the PACS: {error.detail}",
            patient_id=finding.patient_id,
            study_id=finding.study_id,
            job_id=finding.job_id,
            finding_id=finding.id,
        )

    parts.database.write(work)
