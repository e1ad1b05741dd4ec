"""Risks: asking for one, reading them, and holding predictions against what came."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.paging import Paging, fetch
from gateway.patients.service import existing, in_care
from gateway.risks.schemas import Calibration, CalibrationBand, Risk
from shared.contracts.risk import RiskReport
from shared.database.assessments import request_assessment
from shared.database.journal import note_audit
from shared.database.tables import ExpansionOutcome, Job, RiskScore
from shared.database.verdicts import models_judged, verdicts
from shared.evaluation.expansion_bands import bands, brier, overall
from shared.settings import Settings

# Assessments that a history is drawn of.
_DRAWN: Final = 60


def request(session: Session, patient_id: UUID, settings: Settings, actor: str) -> Job:
    """Have the patient's risk computed now. Raises NotFoundError, PatientArchivedError."""
    in_care(session, patient_id)
    job = request_assessment(session, patient_id, max_attempts=settings.job_max_attempts)
    note_audit(session, actor=actor, action="risk.requested", resource=f"patient/{patient_id}")
    return job


def of_patient(session: Session, patient_id: UUID, paging: Paging, actor: str) -> tuple[list[RiskScore], str | None]:
    """A patient's assessments, newest first. Raises NotFoundError."""
    existing(session, patient_id)
    query = select(RiskScore).where(RiskScore.patient_id == patient_id)
    found = fetch(session, query, [RiskScore.created_at, RiskScore.id], paging, descending=True)
    note_audit(session, actor=actor, action="risks.read", resource=f"patient/{patient_id}")
    return found


def read(session: Session, risk_id: UUID, actor: str, form: str = "json") -> Risk:
    """One assessment, for someone to see in ``form``. Raises NotFoundError."""
    row = session.get(RiskScore, risk_id)
    if row is None:
        raise NotFoundError("risk")
    seen = select(ExpansionOutcome).where(ExpansionOutcome.risk_id == risk_id).order_by(ExpansionOutcome.created_at)
    note_audit(session, actor=actor, action="risk.read", resource=f"risk/{risk_id}", detail={"form": form})
    return Risk.of(row, list(session.scalars(seen)))


def scores_before(session: Session, risk: Risk) -> list[float]:
    """The bedside scores of the patient's last assessments up to ``risk``, the oldest first."""
    query = select(RiskScore).where(RiskScore.patient_id == risk.patient_id, RiskScore.created_at <= risk.created_at)
    rows = session.scalars(query.order_by(RiskScore.created_at.desc()).limit(_DRAWN))
    return [RiskReport.model_validate(row.report).bedside.score for row in rows][::-1]


def calibration(session: Session, model: str | None) -> Calibration:
    """Predicted against seen expansion, of one model or of all."""
    known = verdicts(session, model)
    return Calibration(
        models=models_judged(session),
        overall=CalibrationBand.of(overall(known)),
        bands=[CalibrationBand.of(band) for band in bands(known)],
        brier=brier(known),
    )
