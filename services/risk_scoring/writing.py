"""Writes one assessment: report, state, alert, outcomes of earlier predictions, and when to look again.

All of it in the transaction that ends the job, and computed there too, with the patient's state locked: two
assessments of one patient come one after the other, and neither reads what the other is about to change.
"""

from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.state import BedsideAlert, BedsideState
from services.risk_scoring.outcomes import observe_outcomes
from services.risk_scoring.pipeline import Assessment, assess
from services.risk_scoring.record.gathering import gather
from services.risk_scoring.record.signals import memory_of
from services.risk_scoring.report.models import Models
from shared.contracts.risk import Expansion, NotComputable, RiskReport
from shared.contracts.states import AlertLevel, EventType
from shared.database.alerts import open_alert
from shared.database.assessments import request_assessment
from shared.database.columns import now
from shared.database.jobs import ClaimedJob
from shared.database.journal import note_event
from shared.database.tables import Patient, RiskScore, RiskState
from shared.observability import metrics

RISK_KIND: Final = "assessment"
MODEL_NAME: Final = "risk_scoring"
# A level that stays is looked at again though nothing arrives: what was seen grows old, and the level falls with it.
_LOOK_AGAIN_S: Final = 300.0
_ALERT_LEVELS: Final = {RiskLevel.RED: AlertLevel.CRITICAL, RiskLevel.AMBER: AlertLevel.WARNING}


def write_assessment(session: Session, job: ClaimedJob, models: Models, max_attempts: int) -> RiskReport:
    """Assess the patient of ``job`` from all that is committed, and write what comes of it."""
    state_row = _locked_state(session, job.patient_id)
    state = BedsideState.model_validate(state_row.state)
    record = gather(session, job.patient_id, now(), memory_of(models.bedside))
    found = assess(record, state, models)
    state_row.state, state_row.updated_at = found.evaluation.state.model_dump(mode="json"), record.now
    risk_id = _add_risk(session, job, found.report, models)
    observe_outcomes(session, job.patient_id, found.report.growth)
    if found.evaluation.alert is not None:
        _call(session, job, found.evaluation.alert)
    _tell(session, job, risk_id, found.report)
    _count(found.report)
    pause_s = _next_look_s(found, models)
    if pause_s is not None:
        session.flush()  # the pause is counted from this assessment
        request_assessment(session, job.patient_id, max_attempts=max_attempts, pause_s=pause_s)
    return found.report


def _locked_state(session: Session, patient_id: UUID) -> RiskState:
    """The patient's state, new where there is none. The patient's own lock keeps two from being new at once."""
    session.execute(select(Patient.id).where(Patient.id == patient_id).with_for_update())
    row = session.get(RiskState, patient_id, with_for_update=True)
    if row is None:
        row = RiskState(patient_id=patient_id, state=BedsideState(patient_id=patient_id).model_dump(mode="json"))
        session.add(row)
    return row


def _add_risk(session: Session, job: ClaimedJob, report: RiskReport, models: Models) -> UUID:
    row = RiskScore(
        id=uuid4(),
        patient_id=job.patient_id,
        job_id=job.id,
        kind=RISK_KIND,
        model_name=MODEL_NAME,
        model_version=models.version,
        report=report.model_dump(mode="json"),
        created_at=report.computed_at,
    )
    session.add(row)
    session.flush()
    return row.id


def _call(session: Session, job: ClaimedJob, alert: BedsideAlert) -> None:
    open_alert(
        session,
        dedupe_key=f"risk:{job.patient_id}:{alert.sequence}",  # the patient's alerts are counted in their state
        level=_ALERT_LEVELS[alert.level],
        code=f"stroke_risk_{alert.kind}",
        message=alert.message,
        patient_id=job.patient_id,
        job_id=job.id,
    )


def _tell(session: Session, job: ClaimedJob, risk_id: UUID, report: RiskReport) -> None:
    expansion = report.expansion.probability if isinstance(report.expansion, Expansion) else None
    note_event(
        session,
        EventType.RISK_CREATED,
        patient_id=job.patient_id,
        job_id=job.id,
        payload={
            "risk_id": str(risk_id),
            "level": report.bedside.level,
            "score": round(report.bedside.score, 1),
            "expansion": expansion,
        },
    )


def _count(report: RiskReport) -> None:
    metrics.RISK_ASSESSMENTS.labels(report.bedside.level).inc()
    if report.bedside.calls is not None:
        metrics.RISK_CALLS.labels(report.bedside.calls).inc()
    parts = {"expansion": report.expansion, "outcome": report.outcome, "oedema_course": report.oedema_course}
    for part, found in parts.items():
        if isinstance(found, NotComputable):
            metrics.RISK_NOT_COMPUTABLE.labels(part).inc()


def _next_look_s(found: Assessment, models: Models) -> float | None:
    """When to look again though nothing arrives; None where nothing would change."""
    state, bedside = found.evaluation.state, found.report.bedside
    if bedside.momentary_level != bedside.level or state.owed is not RiskLevel.GREEN:
        return models.bedside.hysteresis.slot_s  # the next half minute may move the level, or end the pause of alerts
    return None if state.level is RiskLevel.GREEN else _LOOK_AGAIN_S
