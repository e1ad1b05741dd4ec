"""Asking for a patient's risk to be computed anew, as often as anything happens and no more often than of use."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.contracts.names import JobKind, Priority
from shared.contracts.states import JobState
from shared.database import jobs
from shared.database.columns import now
from shared.database.tables import Job, Patient, RiskScore


def request_assessment(session: Session, patient_id: UUID, *, max_attempts: int, pause_s: float = 0.0) -> Job:
    """The job that will compute the patient's risk from what this transaction writes, too.

    One that is queued already is enough for everything that comes before it starts. ``pause_s`` is the least time
    since the last assessment: vital signs arrive every few seconds, and each of them alone changes little.
    """
    # One asker at a time, so that two do not both see nothing queued.
    session.execute(select(Patient.id).where(Patient.id == patient_id).with_for_update())
    delay_s = _remaining(session, patient_id, pause_s)
    queued = _still_queued(session, patient_id)
    if queued is None:
        return jobs.enqueue(
            session,
            JobKind.RISK_ASSESS,
            Priority.STAT,
            patient_id=patient_id,
            max_attempts=max_attempts,
            delay_s=delay_s,
        )
    jobs.hurry(session, queued, delay_s)
    return queued


def _remaining(session: Session, patient_id: UUID, pause_s: float) -> float:
    if pause_s <= 0:
        return 0.0
    last = session.scalar(select(func.max(RiskScore.created_at)).where(RiskScore.patient_id == patient_id))
    return 0.0 if last is None else max(0.0, pause_s - (now() - last).total_seconds())


def _still_queued(session: Session, patient_id: UUID) -> Job | None:
    """The patient's queued assessment, which no worker can start before this transaction ends.

    Locked by its key alone: a search that locks would wait for the jobs of others. If a worker has taken it meanwhile,
    it may have read before this transaction wrote, and is not enough.
    """
    queued = (Job.state == JobState.QUEUED) & (Job.kind == JobKind.RISK_ASSESS) & (Job.patient_id == patient_id)
    job_id = session.scalar(select(Job.id).where(queued).order_by(Job.created_at).limit(1))
    if job_id is None:
        return None
    return session.scalar(
        select(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
