"""One evaluation of one patient: the state before and all that is known in, the state after and an alert out."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from services.risk_scoring.bedside.alerting import alert_for, owed_at
from services.risk_scoring.bedside.assessment import Assessment, assess
from services.risk_scoring.bedside.hysteresis import next_level, vote_of, with_vote
from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.observations import History, Observation
from services.risk_scoring.bedside.state import BedsideAlert, BedsideState
from services.risk_scoring.bedside.weights import BedsideWeights
from shared.errors import InputRefusedError


class MixedPatientsError(InputRefusedError):
    """Observations of somebody else were handed in."""

    code = "bedside_patients_mixed"


class NaiveTimeError(InputRefusedError):
    """A time without a time zone is no moment."""

    code = "bedside_time_naive"


class Evaluation(BaseModel):
    """``state`` is to be stored with ``alert`` in one transaction: replayed from the old state, both come again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: BedsideState
    assessment: Assessment
    alert: BedsideAlert | None
    stale: bool = Field(description="whether a later moment was evaluated before, so that nothing changed")


def evaluate(
    state: BedsideState,
    observations: Iterable[Observation],
    history: History,
    weights: BedsideWeights,
    now: datetime,
) -> Evaluation:
    """Evaluate the patient of ``state`` at ``now``, from all observations that ``weights.memory_s`` reaches back to.

    No clock is read and nothing else is remembered. The same call again changes nothing; a call for an earlier
    moment than the last changes nothing either. Observations that came late count from the next evaluation on, by
    when they happened. Votes of other weights are dropped, the level stays. Raises MixedPatientsError, and
    NaiveTimeError for a ``now`` without a time zone.
    """
    if now.tzinfo is None:
        raise NaiveTimeError("The moment to evaluate has no time zone; give one, such as UTC.")
    now = now.astimezone(UTC)
    known = list(observations)
    if any(observation.patient_id != state.patient_id for observation in known):
        raise MixedPatientsError("Some observations are of another patient than the state; hand in one patient's.")
    assessment = assess(known, history, weights, now)
    if state.is_past(now):
        return Evaluation(state=state, assessment=assessment, alert=None, stale=True)
    votes = state.votes if state.weights_version == weights.version else ()
    votes = with_vote(votes, vote_of(assessment, weights), weights)
    level = next_level(state.level, votes, weights)
    owed = owed_at(state, level, weights)
    alert = alert_for(state, level, owed, assessment, weights)
    after = BedsideState(
        patient_id=state.patient_id,
        weights_version=weights.version,
        level=level,
        votes=votes,
        evaluated_at=now,
        owed=RiskLevel.GREEN if alert else owed,
        last_alert=alert or state.last_alert,
    )
    return Evaluation(state=after, assessment=assessment, alert=alert, stale=False)
