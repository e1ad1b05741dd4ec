"""From the scores of the last slots of time to a level that one wavering score does not move."""

from services.risk_scoring.bedside.assessment import Assessment
from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.state import Vote
from services.risk_scoring.bedside.weights import BedsideWeights


def vote_of(assessment: Assessment, weights: BedsideWeights) -> Vote:
    """What ``assessment`` says of the level, in the slot of time it lies in."""
    rules = weights.hysteresis
    return Vote(
        slot=int(assessment.at.timestamp() // rules.slot_s),
        score=assessment.score,
        confidence=assessment.confidence,
        critical=any(part.critical and part.strength >= rules.critical_from for part in assessment.contributions),
    )


def with_vote(votes: tuple[Vote, ...], vote: Vote, weights: BedsideWeights) -> tuple[Vote, ...]:
    """``votes`` and one more, which joins that of its own slot; those a full round of slots older go."""
    before = tuple(old for old in votes if vote.slot - weights.hysteresis.slots <= old.slot < vote.slot)
    same = [old for old in votes if old.slot == vote.slot]
    return (*before, vote.joined(same[0]) if same else vote)


def next_level(level: RiskLevel, votes: tuple[Vote, ...], weights: BedsideWeights) -> RiskLevel:
    """The level after ``votes``, of which the last is of the slot that still runs.

    Only slots that are over can lower it: within one, a further evaluation can raise the level and never lower it.
    """
    return _raised(_lowered(level, votes[:-1], weights), votes, weights)


def _lowered(level: RiskLevel, over: tuple[Vote, ...], weights: BedsideWeights) -> RiskLevel:
    rules = weights.hysteresis
    confident = [vote for vote in over if vote.confidence >= rules.confident_from]
    while level is not RiskLevel.GREEN and (
        sum(vote.score < weights.levels.off(level) for vote in confident) >= rules.down
    ):
        level = level.below
    return level


def _raised(level: RiskLevel, votes: tuple[Vote, ...], weights: BedsideWeights) -> RiskLevel:
    rules, newest = weights.hysteresis, votes[-1]
    if rules.critical_at_once and newest.critical and newest.score >= weights.levels.red_on:
        return RiskLevel.RED
    recent = [vote for vote in votes if vote.slot > newest.slot - rules.slots]
    for higher in (RiskLevel.RED, RiskLevel.AMBER):
        spoke = sum(vote.score >= weights.levels.on(higher) for vote in recent)
        if higher > level and spoke >= rules.up:
            return higher
    return level
