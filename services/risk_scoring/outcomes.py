"""What became of predicted expansions: the truth, as far as a later CT tells it, beside the prediction."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.contracts.risk import Expansion, Growth, RiskReport
from shared.contracts.states import EventType
from shared.database.journal import note_event
from shared.database.tables import ExpansionOutcome, Finding, RiskScore

# A new bleed is none that was predicted to grow, and what comes too late says nothing of the window.
_TELLING: Final = {"yes", "no", "uncertain"}
# Assessments before the later CT that are looked through; each of them predicts, unless something was missing.
_MOST: Final = 200


def observe_outcomes(session: Session, patient_id: UUID, growths: Sequence[Growth]) -> None:
    """Record, once for each pair of CTs, what the later one says of the prediction made from the first."""
    for growth in growths:
        if growth.expanded in _TELLING and not _recorded(session, growth):
            _record(session, patient_id, growth)


def _recorded(session: Session, growth: Growth) -> bool:
    same = (ExpansionOutcome.first_finding_id == growth.first.finding_id) & (
        ExpansionOutcome.later_finding_id == growth.later.finding_id
    )
    return session.scalar(select(ExpansionOutcome.id).where(same)) is not None


def _record(session: Session, patient_id: UUID, growth: Growth) -> None:
    predicted = _prediction(session, patient_id, growth)
    if predicted is None:
        return
    risk_id, expansion = predicted
    session.add(
        ExpansionOutcome(
            id=uuid4(),
            patient_id=patient_id,
            risk_id=risk_id,
            first_finding_id=growth.first.finding_id,
            later_finding_id=growth.later.finding_id,
            model_name=expansion.model.name,
            model_version=expansion.model.version,
            predicted=expansion.probability,
            expanded=growth.expanded,
            growth=growth.model_dump(mode="json"),
        )
    )
    session.flush()
    payload = {"risk_id": str(risk_id), "predicted": round(expansion.probability, 4), "expanded": growth.expanded}
    note_event(session, EventType.EXPANSION_OBSERVED, patient_id=patient_id, payload=payload)


def _prediction(session: Session, patient_id: UUID, growth: Growth) -> tuple[UUID, Expansion] | None:
    """The last prediction about the first CT's haematoma from before the later CT was made and known."""
    arrived = select(Finding.created_at).where(Finding.id == growth.later.finding_id)
    known_at = session.scalar(arrived)
    if known_at is None:
        return None
    earlier = select(RiskScore).where(RiskScore.patient_id == patient_id, RiskScore.created_at < known_at)
    for row in session.scalars(earlier.order_by(RiskScore.created_at.desc()).limit(_MOST)):
        expansion = RiskReport.model_validate(row.report).expansion
        if isinstance(expansion, Expansion) and expansion.first_finding_id == growth.first.finding_id:
            return row.id, expansion
    return None
