"""Questions that a person waits for: a job asks, the answer comes back through its row, and the row is forgotten.

The gateway runs no model and imports no service. So a question travels like all work, by outbox and queue, and the
request waits for the answer: without holding a thread, and no longer than a person would.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import anyio
from anyio import to_thread
from sqlalchemy import delete
from sqlalchemy.orm import Session

from gateway.patients.service import existing
from gateway.platform import Platform
from shared.contracts.names import JobKind, Priority
from shared.contracts.risk import RiskReport, WhatIfQuestion
from shared.contracts.states import JobState
from shared.database import jobs
from shared.database.columns import now
from shared.database.journal import note_audit
from shared.database.tables import Job, WhatIf
from shared.errors import InputRefusedError, TemporarilyUnavailableError

# A worker that is there answers within a tenth of a second.
_PATIENCE_S: Final = 10.0
_LOOK_EVERY_S: Final = 0.05
_LIFE: Final = timedelta(minutes=10)


class RiskServiceAwayError(TemporarilyUnavailableError):
    """Nobody answers questions at present."""

    code = "risk_service_unavailable"

    def __init__(self) -> None:
        super().__init__("Risk scoring did not answer in time; ask again in a moment, or tell the operators.")


class QuestionRefusedError(InputRefusedError):
    """The question cannot be answered, as the worker says."""

    code = "what_if_refused"


async def answer(platform: Platform, patient_id: UUID, question: WhatIfQuestion, actor: str) -> RiskReport:
    """The report as it would be. Raises NotFoundError, RiskServiceAwayError, QuestionRefusedError."""
    job_id = await to_thread.run_sync(
        platform.database.write, lambda session: _ask(session, platform, patient_id, question, actor)
    )
    platform.wake_relay()
    try:
        with anyio.fail_after(_PATIENCE_S):
            while (found := await to_thread.run_sync(_look, platform, job_id)) is None:
                await anyio.sleep(_LOOK_EVERY_S)
    except TimeoutError:
        raise RiskServiceAwayError from None
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(platform.database.write, lambda session: _forget(session, job_id))
    return found


def _ask(session: Session, platform: Platform, patient_id: UUID, question: WhatIfQuestion, actor: str) -> UUID:
    existing(session, patient_id)
    attempts = platform.settings.job_max_attempts
    job = jobs.enqueue(session, JobKind.RISK_WHAT_IF, Priority.STAT, patient_id=patient_id, max_attempts=attempts)
    asked = question.model_dump(mode="json", exclude_unset=True)
    session.add(WhatIf(job_id=job.id, question=asked, answer=None, expires_at=now() + _LIFE))
    detail = {"fields": sorted(asked.get("facts", {}))}
    note_audit(session, actor=actor, action="risk.asked", resource=f"patient/{patient_id}", detail=detail)
    return job.id


def _look(platform: Platform, job_id: UUID) -> RiskReport | None:
    """The answer; None where there is none yet."""
    with platform.database.reading() as session:
        row: Any = session.get(WhatIf, job_id)
        if row is not None and row.answer is not None:
            return RiskReport.model_validate(row.answer)
        job = session.get_one(Job, job_id)
    if job.state == JobState.REFUSED:
        raise QuestionRefusedError(job.error_detail or "The question could not be answered.")
    if job.state == JobState.FAILED:
        raise RiskServiceAwayError
    return None


def _forget(session: Session, job_id: UUID) -> None:
    session.execute(delete(WhatIf).where(WhatIf.job_id == job_id))
