"""A patient's half hour, as it comes: whatever happens, arrives late or twice, or dies."""

import itertools
from typing import Any

from hypothesis import strategies as st

from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.monitor import Evaluation
from services.risk_scoring.bedside.observations import Observation
from services.risk_scoring.bedside.state import BedsideState
from services.risk_scoring.bedside.weights import BedsideWeights
from tests.fixtures.bedside import START, WEIGHTS, alerts_of, calm, evaluate_at, spells
from tests.fixtures.properties import for_all


def _forgetful(part: Any) -> Any:
    """The same weights with a memory of 150 s everywhere, so that half an hour holds several rises and falls."""
    if isinstance(part, dict):
        return {name: 150.0 if name == "remembers_s" else _forgetful(inner) for name, inner in part.items()}
    return part


_SHORT = BedsideWeights.model_validate(
    _forgetful(WEIGHTS.model_dump())
    | {"alerts": WEIGHTS.alerts.model_dump() | {"cooldown_s": 300.0, "remind_every_s": 200.0}}
)
# Pauses between evaluations, in s; and for each evaluation, how many more of the observations have arrived.
_STEPS = st.lists(st.tuples(st.integers(5, 45), st.integers(0, 3)), min_size=40, max_size=60)
_Story = list[tuple[float, list[Observation]]]


@st.composite
def _stories(draw: st.DrawFn) -> _Story:
    """Moments to evaluate, each with what has arrived by then: in any order, early, late, or never."""
    seen = draw(st.permutations(draw(spells())))
    steps = draw(_STEPS)
    moments = itertools.accumulate(pause for pause, _ in steps)
    arrived = itertools.accumulate(count for _, count in steps)
    return [(float(moment), [*calm(), *seen[:count]]) for moment, count in zip(moments, arrived, strict=True)]


def _step(state: BedsideState, moment: float, arrived: list[Observation]) -> Evaluation:
    return next(evaluate_at(arrived, [moment], state, _SHORT))


def _tell(story: _Story) -> list[Evaluation]:
    evaluations: list[Evaluation] = []
    for moment, arrived in story:
        evaluations.append(_step(evaluations[-1].state if evaluations else START, moment, arrived))
    return evaluations


@for_all(_stories(), examples=20)
def test_a_worker_may_die_at_any_moment(story: _Story) -> None:
    state = START
    for told, (moment, arrived) in zip(_tell(story), story, strict=True):
        restored = BedsideState.model_validate_json(state.model_dump_json())
        evaluation = _step(restored, moment, arrived)
        state = evaluation.state

        assert evaluation == told


@for_all(_stories(), examples=20)
def test_messages_delivered_twice_or_late_have_one_effect(story: _Story) -> None:
    once = _tell(story)
    state, alerts = START, []
    for moment, arrived in story:
        for again in (moment, moment, moment - 4.0):
            evaluation = _step(state, again, [*arrived, *arrived])
            state = evaluation.state
            alerts += alerts_of([evaluation])

    assert state == once[-1].state
    assert alerts == alerts_of(once)


@for_all(_stories(), examples=40)
def test_alerts_keep_their_distance_unless_the_level_rises(story: _Story) -> None:
    alerts = alerts_of(_tell(story))

    assert [alert.sequence for alert in alerts] == list(range(1, len(alerts) + 1))
    for before, after in itertools.pairwise(alerts):
        apart_s = (after.at - before.at).total_seconds()
        pause_s = 200 if after.kind == "reminder" else 300
        assert apart_s >= pause_s or after.level > before.level


@for_all(_stories(), examples=40)
def test_every_rise_is_told_by_the_end_of_the_cooldown_while_it_lasts(story: _Story) -> None:
    level, last, since = RiskLevel.GREEN, None, None
    for evaluation in _tell(story):
        after = evaluation.state
        if after.level > level:
            since = after.evaluated_at
        if evaluation.alert or after.level is RiskLevel.GREEN:
            since = None
        last = evaluation.alert or last
        level = after.level
        if since is not None and after.evaluated_at is not None:
            assert last is not None
            assert last.level >= after.owed
            assert (after.evaluated_at - last.at).total_seconds() < 300


@for_all(_stories(), examples=40)
def test_no_level_changes_without_scores_that_support_it(story: _Story) -> None:
    level = RiskLevel.GREEN
    for evaluation in _tell(story):
        after = evaluation.state
        scores = [vote.score for vote in after.votes]
        if after.level > level:
            assert max(scores) >= _SHORT.levels.on(after.level)
        if after.level < level:
            assert sum(score < _SHORT.levels.off(level) for score in scores[:-1]) >= _SHORT.hysteresis.down
        level = after.level


@for_all(_stories(), st.data(), examples=20)
def test_seeing_more_never_leads_to_a_lower_level(story: _Story, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(story) - 1))
    before = _tell(story[:cut])[-1].state
    moment, arrived = story[cut]
    fewer = [observation for observation in arrived if data.draw(st.booleans())]

    assert _step(before, moment, fewer).state.level <= _step(before, moment, arrived).state.level
