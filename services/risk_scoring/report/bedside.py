"""The part of a report on the present state at the bedside."""

from services.risk_scoring.bedside.levels import RiskLevel as Level
from services.risk_scoring.bedside.monitor import Evaluation
from services.risk_scoring.bedside.weights import BedsideWeights
from shared.contracts.risk import Bedside, Contribution, ModelName, RiskLevel, Signal


def bedside_part(evaluation: Evaluation, weights: BedsideWeights) -> Bedside:
    """What the evaluation found, and the level that it leaves."""
    found = evaluation.assessment
    return Bedside(
        level=RiskLevel(evaluation.state.level),
        momentary_level=RiskLevel(level_of(found.score, weights)),
        score=found.score,
        confidence=found.confidence,
        contributions=[
            Contribution(name=part.sign, label=part.why, contribution=part.points, reason=part.reason)
            for part in found.contributions
        ],
        signals=[Signal(name=part.name, share=part.share, coverage=part.coverage) for part in found.signals],
        calls=None if evaluation.alert is None else evaluation.alert.kind,
        model=ModelName(name="bedside", version=found.weights_version),
    )


def level_of(score: float, weights: BedsideWeights) -> Level:
    """The highest level that ``score`` speaks for."""
    return max((level for level in Level if score >= weights.levels.on(level)), key=lambda level: level.rank)
