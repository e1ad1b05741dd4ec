"""One patient over time: levels that do not waver, and alerts that come once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.monitor import Evaluation, MixedPatientsError, NaiveTimeError, evaluate
from services.risk_scoring.bedside.observations import BehaviourEvent, History
from services.risk_scoring.bedside.weights import BedsideWeights
from tests.fixtures.bedside import (
    NOW,
    START,
    WEIGHTS,
    alerts_of,
    calm,
    consciousness,
    evaluate_at,
    fall,
    lying,
    sign,
)

_SLOT_S = WEIGHTS.hysteresis.slot_s
_COOLDOWN_S = WEIGHTS.alerts.cooldown_s


def _with(**rules: dict[str, Any]) -> BedsideWeights:
    """The shipped weights with some rules changed."""
    return BedsideWeights.model_validate(
        WEIGHTS.model_dump() | {part: getattr(WEIGHTS, part).model_dump() | change for part, change in rules.items()}
    )


def _every_slot(count: int, first: int = 0) -> list[float]:
    return [_SLOT_S * n for n in range(first, first + count)]


def test_one_fall_reaches_amber_at_the_third_half_minute_and_calls_once() -> None:
    evaluations = list(evaluate_at([fall(10)], _every_slot(10)))

    assert [evaluation.state.level for evaluation in evaluations[:4]] == ["green", "green", "amber", "amber"]
    alerts = alerts_of(evaluations)
    assert [(alert.level, alert.kind, alert.sequence) for alert in alerts] == [("amber", "raised", 1)]
    assert alerts[0].message.endswith("falling seen.")
    assert "Stroke risk amber: 30 of 100" in alerts[0].message


def test_a_critical_sign_is_red_at_once() -> None:
    first = next(evaluate_at([consciousness("unresponsive", 5)], [0]))

    assert first.state.level is RiskLevel.RED
    assert first.alert is not None
    assert first.alert.level is RiskLevel.RED


def test_a_critical_sign_waits_like_any_other_where_so_configured() -> None:
    patient = _with(hysteresis={"critical_at_once": False})
    evaluations = list(evaluate_at([consciousness("unresponsive", 5)], _every_slot(3), weights=patient))

    assert [evaluation.state.level for evaluation in evaluations] == ["green", "green", "red"]


def test_a_red_score_without_a_critical_sign_waits() -> None:
    # 30 + 20 + 15, none of them critical.
    seen = [fall(10), sign("staggering", 30, 20), sign("headache", 30, 20)]
    evaluations = list(evaluate_at(seen, _every_slot(3)))

    assert evaluations[0].assessment.score == 65
    assert [evaluation.state.level for evaluation in evaluations] == ["green", "green", "red"]


def test_a_doubtful_critical_sign_waits_for_confirmation() -> None:
    # 0.79 x 40 + 0.79 x 30 = 55.3: neither sure enough nor red.
    first = next(evaluate_at([fall(90, confidence=0.79), lying(80, 10, confidence=0.79)], [0]))

    assert first.state.level is RiskLevel.GREEN


def test_who_does_not_get_up_after_a_fall_is_red_at_once() -> None:
    assert next(evaluate_at([fall(90), lying(88, 10)], [0])).state.level is RiskLevel.RED


def test_scores_between_off_and_on_keep_the_level() -> None:
    # 0.9 x 30 = 27 lies between amber_off and amber_on: too little to rise, too much to fall.
    certain, doubtful = fall(10), fall(10, confidence=0.9)
    risen = list(evaluate_at([certain, *calm()], _every_slot(4)))[-1].state

    assert risen.level is RiskLevel.AMBER
    kept = list(evaluate_at([doubtful, *calm()], _every_slot(10, first=4), risen))
    assert {evaluation.state.level for evaluation in kept} == {"amber"}
    assert {e.state.level for e in evaluate_at([doubtful, *calm()], _every_slot(10))} == {"green"}


def test_four_calm_half_minutes_lower_the_level() -> None:
    risen = list(evaluate_at([fall(10)], _every_slot(4)))[-1].state
    levels = [e.state.level for e in evaluate_at(calm(), _every_slot(6, first=4), risen)]

    # The fifth evaluation is the first that follows four calm slots.
    assert levels == ["amber", "amber", "amber", "amber", "green", "green"]


def test_a_camera_that_goes_dark_does_not_clear_an_alarm() -> None:
    risen = list(evaluate_at([consciousness("unresponsive", 5)], _every_slot(3)))[-1].state
    evaluations = list(evaluate_at([], _every_slot(200, first=3), risen))

    assert {evaluation.state.level for evaluation in evaluations} == {"red"}
    assert alerts_of(evaluations) == []


def test_a_long_silence_keeps_the_level_and_forgets_the_votes() -> None:
    risen = list(evaluate_at([fall(10)], _every_slot(2)))[-1].state
    after = next(evaluate_at([fall(10)], [1000.0], risen))

    assert after.state.level is RiskLevel.GREEN
    assert len(after.state.votes) == 1


def test_the_same_slot_votes_once_however_often_it_is_evaluated() -> None:
    often = [0.0, 1.0, 2.0, 5.0, 11.0, 29.0]

    assert {evaluation.state.level for evaluation in evaluate_at([fall(10)], often)} == {"green"}


def test_a_slot_keeps_the_worst_that_was_seen_in_it() -> None:
    alarming = next(evaluate_at([fall(10)], [0])).state
    soothed = next(evaluate_at([], [20.0], alarming)).state
    evaluations = list(evaluate_at([fall(10)], [30.0, 60.0], soothed))

    assert [evaluation.state.level for evaluation in evaluations] == ["green", "amber"]


def test_repeating_an_evaluation_changes_nothing() -> None:
    seen = [fall(90), lying(88, 10)]
    first = next(evaluate_at(seen, [0]))
    again = next(evaluate_at(seen, [0], first.state))

    assert first.alert is not None
    assert again.alert is None
    assert again.state == first.state


def test_a_replay_from_the_old_state_gives_the_same_alert_again() -> None:
    # Whoever stores alerts under patient and sequence has it once, also when a worker dies before it stores the state.
    seen = [fall(90), lying(88, 10)]

    assert next(evaluate_at(seen, [0])).alert == next(evaluate_at(seen, [0])).alert


def test_an_evaluation_of_an_earlier_moment_changes_nothing() -> None:
    latest = list(evaluate_at([], [0, 60]))[-1].state
    late = next(evaluate_at([consciousness("unresponsive", 5)], [30], latest))

    assert late.stale
    assert late.alert is None
    assert late.state == latest


def test_an_event_that_comes_late_counts_from_the_next_evaluation_on() -> None:
    state = list(evaluate_at([], _every_slot(3)))[-1].state
    evaluations = list(evaluate_at([fall(30)], _every_slot(3, first=3), state))

    assert [evaluation.assessment.score for evaluation in evaluations] == [30, 30, 30]
    assert evaluations[-1].state.level is RiskLevel.AMBER


def test_an_escalation_breaks_the_cooldown() -> None:
    amber = [fall(10)]
    evaluations = list(evaluate_at(amber, _every_slot(3)))
    evaluations += evaluate_at([*amber, consciousness("pain", -85)], [90.0], evaluations[-1].state)

    assert [(alert.level, alert.kind) for alert in alerts_of(evaluations)] == [
        ("amber", "raised"),
        ("red", "escalated"),
    ]


def _flapping(weights: BedsideWeights = WEIGHTS) -> list[Evaluation]:
    """Red, calm for long enough to be green, red again within the cooldown, and red until after its end."""
    spell = [sign("arm_drift", 20, 0), sign("face_droop", 20, 0)]
    again = [event.model_copy(update=_shifted(event, 300)) for event in spell]
    evaluations = list(evaluate_at(spell, [0], weights=weights))
    evaluations += evaluate_at(calm(), _every_slot(6, first=1), evaluations[-1].state, weights)
    assert evaluations[-1].state.level is RiskLevel.GREEN
    evaluations += evaluate_at([*calm(), *again], _every_slot(40, first=11), evaluations[-1].state, weights)
    return evaluations


def _shifted(event: BehaviourEvent, seconds: float) -> dict[str, Any]:
    by = timedelta(seconds=seconds)
    return {"started_at": event.started_at + by, "ended_at": event.ended_at + by}


def test_a_level_that_comes_back_within_the_cooldown_calls_at_its_end_and_not_never() -> None:
    alerts = alerts_of(_flapping())

    assert [(alert.level, alert.kind) for alert in alerts] == [("red", "raised"), ("red", "raised")]
    assert (alerts[1].at - alerts[0].at).total_seconds() == _COOLDOWN_S


def test_a_lower_level_after_a_higher_one_calls_nobody() -> None:
    red = [fall(10), consciousness("pain", 5)]
    evaluations = list(evaluate_at(red, _every_slot(2)))
    evaluations += evaluate_at([fall(10), *calm()], _every_slot(40, first=2), evaluations[-1].state)

    assert RiskLevel.AMBER in {evaluation.state.level for evaluation in evaluations}
    assert [alert.level for alert in alerts_of(evaluations)] == ["red"]


def test_reminders_come_where_so_configured_while_the_level_lasts() -> None:
    remind = _with(alerts={"remind_every_s": 600.0})
    evaluations = list(evaluate_at([consciousness("pain", 5)], _every_slot(45), weights=remind))

    assert [(a.kind, (a.at - NOW).total_seconds()) for a in alerts_of(evaluations)] == [
        ("raised", 0),
        ("reminder", 600),
        ("reminder", 1200),
    ]
    assert [alert.sequence for alert in alerts_of(evaluations)] == [1, 2, 3]


def test_amber_calls_nobody_where_only_red_does() -> None:
    red_only = _with(alerts={"from_level": RiskLevel.RED})
    evaluations = list(evaluate_at([fall(10)], _every_slot(6), weights=red_only))

    assert evaluations[-1].state.level is RiskLevel.AMBER
    assert alerts_of(evaluations) == []
    last = next(evaluate_at([fall(10), consciousness("pain", -175)], [180.0], evaluations[-1].state, red_only))
    assert last.alert is not None


def test_votes_of_other_weights_are_dropped_and_the_level_stays() -> None:
    risen = list(evaluate_at([fall(10)], _every_slot(3)))[-1].state
    newer = WEIGHTS.model_copy(update={"version": "2"})
    after = next(evaluate_at([], [90.0], risen, newer)).state

    assert (after.level, len(after.votes), after.weights_version) == ("amber", 1, "2")


def test_another_patients_observation_is_refused() -> None:
    stranger = fall(10).model_copy(update={"patient_id": UUID(int=2)})

    with pytest.raises(MixedPatientsError):
        next(evaluate_at([fall(10), stranger], [0]))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        evaluate(START, [], History(), WEIGHTS, NOW.replace(tzinfo=None))
