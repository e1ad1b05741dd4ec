"""When a level calls for a person: at every rise, at most once in a cooldown, which a higher level breaks."""

from services.risk_scoring.bedside.assessment import Assessment
from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.state import BedsideAlert, BedsideState
from services.risk_scoring.bedside.weights import BedsideWeights

_SIGNS_TOLD = 3


def owed_at(state: BedsideState, level: RiskLevel, weights: BedsideWeights) -> RiskLevel:
    """The level for which a call is due, or held back by the cooldown; green where none is."""
    if level < weights.alerts.from_level:
        return RiskLevel.GREEN
    if level > state.level:
        return level
    return min(state.owed, level)


def alert_for(
    state: BedsideState, level: RiskLevel, owed: RiskLevel, assessment: Assessment, weights: BedsideWeights
) -> BedsideAlert | None:
    """The alert that goes out now, if any: one that is owed, or the reminder of one that went out long ago."""
    rules, last = weights.alerts, state.last_alert
    passed_s = (assessment.at - last.at).total_seconds() if last else 0.0
    if owed is not RiskLevel.GREEN:
        if last is None or passed_s >= rules.cooldown_s:
            return _alert(state, owed, "raised", assessment)
        if owed > last.level:
            return _alert(state, owed, "escalated", assessment)
        return None
    persists = last is not None and level >= rules.from_level
    if persists and 0 < rules.remind_every_s <= passed_s:
        return _alert(state, level, "reminder", assessment)
    return None


def _alert(state: BedsideState, level: RiskLevel, kind: str, assessment: Assessment) -> BedsideAlert:
    signs = "; ".join(part.why for part in assessment.contributions[:_SIGNS_TOLD]) or "earlier signs"
    return BedsideAlert.model_validate(
        {
            "sequence": state.alerts_raised + 1,
            "level": level,
            "kind": kind,
            "at": assessment.at,
            "score": assessment.score,
            "confidence": assessment.confidence,
            "message": f"Stroke risk {level}: {assessment.score:.0f} of 100, "
            f"{assessment.confidence:.0%} of a complete picture seen. {signs}.",
        }
    )
