"""Risk scoring as a service: which queue it drains and what it does with a message."""

from functools import lru_cache

from sqlalchemy.orm import Session

from services.risk_scoring.bedside.state import BedsideState
from services.risk_scoring.pipeline import assess
from services.risk_scoring.record.gathering import gather
from services.risk_scoring.record.signals import memory_of
from services.risk_scoring.report.models import Models
from services.risk_scoring.writing import write_assessment
from shared.contracts.names import JobKind, Queue
from shared.contracts.risk import WhatIfQuestion
from shared.database.columns import now
from shared.database.tables import RiskState, WhatIf
from shared.queueing.runner import RunningJob, WriteResult
from shared.queueing.worker import Service


@lru_cache(maxsize=1)
def models() -> Models:
    """The models of this process, loaded once."""
    return Models.load()


def assess_patient(running: RunningJob) -> WriteResult:
    """The returned function assesses the job's patient, in the transaction that ends the job: it takes milliseconds."""

    def write(session: Session) -> None:
        write_assessment(session, running.job, models(), running.settings.job_max_attempts)

    return write


def answer_what_if(running: RunningJob) -> WriteResult:
    """The returned function answers the job's question from the patient's record, and changes nothing of that."""

    def write(session: Session) -> None:
        asked = session.get(WhatIf, running.job.id)
        if asked is None:
            return  # nobody waits for the answer any more
        patient_id, question = running.job.patient_id, WhatIfQuestion.model_validate(asked.question)
        stored = session.get(RiskState, patient_id)
        state = BedsideState(patient_id=patient_id) if stored is None else BedsideState.model_validate(stored.state)
        record = gather(session, patient_id, now(), memory_of(models().bedside))
        asked.answer = assess(record, state, models(), question).report.model_dump(mode="json")

    return write


def service() -> Service:
    """The service."""
    handlers = {JobKind.RISK_ASSESS: assess_patient, JobKind.RISK_WHAT_IF: answer_what_if}
    return Service("risk_scoring", (Queue.RISK,), handlers, warm_up=models)
