import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.risk_scoring.bedside.assessment import Assessment, assess
from services.risk_scoring.bedside.observations import (
    BehaviourEvent,
    BloodPressure,
    ConsciousnessCheck,
    CtFinding,
    HeartRate,
    History,
    Observation,
    Watched,
)
from services.risk_scoring.bedside.weights import load_weights
from tests.fixtures.bedside import (
    NOW,
    PATIENT,
    ago,
    consciousness,
    fall,
    histories,
    lying,
    many_observations,
    observations,
    pressure,
    pulse,
    sign,
)
from tests.fixtures.properties import for_all

_WEIGHTS = load_weights()
# Of sums of floating-point products.
_ROUNDING = 1e-9


def _assess(*seen: Observation, history: History | None = None) -> Assessment:
    return assess(seen, history or History(), _WEIGHTS, NOW)


def _points(assessment: Assessment) -> dict[str, float]:
    return {part.sign: part.points for part in assessment.contributions}


def test_nothing_seen_is_no_risk_and_no_confidence() -> None:
    assessment = _assess()

    assert (assessment.score, assessment.confidence, assessment.contributions) == (0.0, 0.0, ())


def test_a_fall_and_lying_a_minute_after_it_make_seventy() -> None:
    # By hand: 30 for the fall; 40 x 60 s / 60 s for the lying.
    assessment = _assess(fall(90), lying(80, 20))

    assert _points(assessment) == {"falling": 30.0, "long_lie": 40.0}
    assert assessment.score == 70.0
    assert assessment.contributions[0].why == "lying for 60 s after a fall"


def test_lying_without_a_fall_is_sleep() -> None:
    assert _assess(lying(3000, 0)).score == 0.0
    assert _points(_assess(lying(200, 150), fall(100))) == {"falling": 30.0}


def test_getting_up_and_lying_down_much_later_is_no_long_lie() -> None:
    assert "long_lie" not in _points(_assess(fall(600), lying(500, 100)))


def test_lying_is_as_sure_as_the_fall_before_it() -> None:
    assert _points(_assess(fall(90, confidence=0.6), lying(80, 20)))["long_lie"] == pytest.approx(0.6 * 40)


@pytest.mark.parametrize(("seconds", "points"), [(0, 0), (1, 4), (2.5, 10), (5, 20), (60, 20)])
def test_staggering_counts_by_its_duration_up_to_five_seconds(seconds: float, points: float) -> None:
    assert _points(_assess(sign("staggering", 60, 60 - seconds))).get("staggering", 0) == pytest.approx(points)


def test_an_action_goes_by_any_name_that_a_recogniser_uses() -> None:
    assert _points(_assess(sign("Touch head-headache", 60, 50))) == {"headache": 15}
    assert _points(_assess(sign("falling down", 60, 50))) == {"falling": 30.0}


def test_an_action_that_no_weight_knows_is_told() -> None:
    assessment = _assess(sign("juggling", 60, 50), sign("yawn", 60, 50))

    assert assessment.score == 0.0
    assert [(note.code, note.count) for note in assessment.notes] == [("unknown_action", 1)]


def test_a_clip_that_is_likelier_something_else_says_nothing_and_is_told() -> None:
    assessment = _assess(fall(60, confidence=0.49))

    assert assessment.score == 0.0
    assert [note.code for note in assessment.notes] == ["low_confidence"]


@pytest.mark.parametrize(("systolic", "points"), [(159, 0), (160, 8), (179, 8), (180, 14), (220, 20), (300, 20)])
def test_systolic_pressure_counts_in_steps(systolic: float, points: float) -> None:
    assert _assess(pressure(systolic, 60)).score == pytest.approx(points)


def test_a_good_reading_after_a_bad_one_does_not_hide_it() -> None:
    assert _assess(pressure(230, 900), pressure(120, 60)).score == 20.0


def test_the_worst_reading_is_forgotten_after_its_time() -> None:
    remembers_s = _WEIGHTS.vitals.blood_pressure.remembers_s

    assert _assess(pressure(230, remembers_s)).score == 20.0
    assert _assess(pressure(230, remembers_s + 1)).score == 0.0


def test_three_minutes_of_a_racing_pulse_make_all_points_of_the_pulse() -> None:
    # Each sample stands for the 30 s before it: six of them 30 s apart for 180 s.
    samples = [pulse(140, 30 * n) for n in range(6)]

    assert _assess(*samples).score == pytest.approx(10.0)
    assert _assess(*samples[:3]).score == pytest.approx(5.0)


def test_a_mildly_fast_pulse_never_gets_more_than_its_third() -> None:
    assert _assess(*(pulse(100, 10 * n) for n in range(60))).score == pytest.approx(10 / 3)


def test_a_camera_is_believed_less_than_a_monitor() -> None:
    assert _assess(*(pulse(140, 10 * n, source="rppg") for n in range(60))).score == pytest.approx(7.0)


def test_a_poor_remote_pulse_says_nothing() -> None:
    assessment = _assess(*(pulse(140, 10 * n, source="rppg", quality=0.49) for n in range(60)))

    assert assessment.score == 0.0
    assert [(note.code, note.count) for note in assessment.notes] == [("low_quality", 60)]


def test_sources_that_disagree_are_told() -> None:
    assessment = _assess(pulse(140, 10, source="rppg"), pulse(70, 10))

    assert [note.code for note in assessment.notes] == ["heart_rate_sources_disagree"]


def test_high_pressure_with_a_slow_pulse_is_more_than_both() -> None:
    slow = [pulse(45, 30 * n) for n in range(6)]

    # By hand: 14 for 180 mmHg, 10 / 3 for the pulse by NEWS2, 25 for both together.
    assert _points(_assess(pressure(180, 60), *slow)) == {
        "raised_pressure": pytest.approx(25),
        "blood_pressure": pytest.approx(14),
        "heart_rate": pytest.approx(10 / 3),
    }
    assert "raised_pressure" not in _points(_assess(pressure(150, 60), *slow))
    assert "raised_pressure" not in _points(_assess(pressure(180, 60), pulse(70, 5)))


@pytest.mark.parametrize(
    ("state", "points"), [("alert", 0), ("new_confusion", 42), ("voice", 49), ("pain", 63), ("unresponsive", 70)]
)
def test_consciousness_weighs_most(state: str, points: float) -> None:
    assert _assess(consciousness(state, 60)).score == pytest.approx(points)


def test_a_bleed_on_the_ct_counts_for_48_hours() -> None:
    def ct(hours: float, haemorrhage: bool = True) -> CtFinding:
        return CtFinding(patient_id=PATIENT, at=ago(hours * 3600), quality=0.9, haemorrhage=haemorrhage)

    assert _assess(ct(47)).score == pytest.approx(36)
    assert _assess(ct(49)).score == 0.0
    assert _assess(ct(1, haemorrhage=False)).score == 0.0


def test_the_worst_history_alone_stays_green() -> None:
    worst = History(
        age_years=90,
        hypertension=True,
        prior_stroke=True,
        prior_haemorrhage=True,
        anticoagulant=True,
        antiplatelet=True,
        heavy_alcohol=True,
    )
    assert 0 < _assess(history=worst).score < _WEIGHTS.levels.amber_off


def test_a_complete_picture_has_full_confidence() -> None:
    vital: dict[str, Any] = {"patient_id": PATIENT, "at": ago(60), "quality": 1.0, "source": "monitor"}
    seen: list[Any] = [
        Watched(patient_id=PATIENT, started_at=ago(700), ended_at=NOW, quality=1.0),
        *(pulse(70, 20 * n) for n in range(31)),
        pressure(120, 60),
        consciousness("alert", 60),
        {"kind": "spo2", "percent": 98} | vital,
        {"kind": "respiration", "per_min": 16} | vital,
        {"kind": "temperature", "celsius": 36.8} | vital,
    ]
    known = History(
        age_years=40,
        hypertension=False,
        prior_stroke=False,
        prior_haemorrhage=False,
        anticoagulant=False,
        antiplatelet=False,
        heavy_alcohol=False,
    )
    typed = TypeAdapter(list[Observation]).validate_python(seen)
    assessment = assess(typed, known, _WEIGHTS, NOW)

    assert assessment.score == 0.0
    assert assessment.confidence == pytest.approx(1.0)


def test_a_dark_camera_takes_its_share_of_the_confidence() -> None:
    half = Watched(patient_id=PATIENT, started_at=ago(300), ended_at=NOW, quality=0.8)

    assert _assess(half).confidence == pytest.approx(0.30 * 0.5 * 0.8)


def test_what_has_not_happened_yet_does_not_count() -> None:
    assessment = _assess(fall(-5), pressure(230, -1))

    assert assessment.score == 0.0
    assert [(note.code, note.count) for note in assessment.notes] == [("in_the_future", 2)]


def test_a_late_event_counts_by_when_it_happened() -> None:
    event = fall(1790)

    assert assess([event], History(), _WEIGHTS, NOW).score == 30.0
    assert assess([event], History(), _WEIGHTS, NOW + timedelta(seconds=20)).score == 0.0


@for_all(many_observations(), histories())
def test_the_score_is_the_sum_of_its_reasons_within_100(seen: list[Observation], history: History) -> None:
    assessment = _assess(*seen, history=history)

    assert 0 <= assessment.score <= 100
    assert 0 <= assessment.confidence <= 1
    assert assessment.score == min(100, math.fsum(part.points for part in assessment.contributions))
    assert all(part.points == part.weight * part.strength for part in assessment.contributions)
    assert Assessment.model_validate_json(assessment.model_dump_json()) == assessment


@for_all(many_observations(), histories(), st.data())
def test_a_missing_observation_raises_neither_score_nor_confidence(
    seen: list[Observation], history: History, data: st.DataObject
) -> None:
    kept = [observation for observation in seen if data.draw(st.booleans())]
    whole, part = _assess(*seen, history=history), _assess(*kept, history=history)

    assert part.score <= whole.score + _ROUNDING
    assert part.confidence <= whole.confidence + _ROUNDING


@for_all(many_observations(), histories(), st.data())
def test_a_lower_quality_raises_neither_score_nor_confidence(
    seen: list[Observation], history: History, data: st.DataObject
) -> None:
    def worse(observation: Observation) -> Observation:
        name = "confidence" if isinstance(observation, BehaviourEvent) else "quality"
        lower = getattr(observation, name) * data.draw(st.floats(0, 1))
        return observation.model_copy(update={name: lower})

    whole, doubtful = _assess(*seen, history=history), _assess(*map(worse, seen), history=history)

    assert doubtful.score <= whole.score + _ROUNDING
    assert doubtful.confidence <= whole.confidence + _ROUNDING


@for_all(histories(), st.sampled_from(sorted(History.model_fields)))
def test_what_is_not_known_of_the_history_raises_neither(history: History, field: str) -> None:
    whole, forgotten = _assess(history=history), _assess(history=history.model_copy(update={field: None}))

    assert forgotten.score <= whole.score
    assert forgotten.confidence <= whole.confidence


@for_all(many_observations(), histories(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(seen: list[Observation], history: History, random: Any) -> None:
    shuffled = [*seen, *seen[: len(seen) // 2]]
    random.shuffle(shuffled)

    assert _assess(*shuffled, history=history) == _assess(*seen, history=history)


_STATES = ["alert", "new_confusion", "voice", "pain", "unresponsive"]


def _graver(observation: Observation, data: st.DataObject) -> Observation:
    """The same observation of a patient who is worse off."""
    match observation:
        case BloodPressure():
            higher = data.draw(st.floats(observation.systolic_mmhg, 350))
            return observation.model_copy(update={"systolic_mmhg": higher})
        case ConsciousnessCheck():
            return observation.model_copy(
                update={"state": data.draw(st.sampled_from(_STATES[_STATES.index(observation.state) :]))}
            )
        case HeartRate() if observation.bpm > 90:
            return observation.model_copy(update={"bpm": data.draw(st.floats(observation.bpm, 350))})
        case HeartRate() if observation.bpm <= 60:
            return observation.model_copy(update={"bpm": data.draw(st.floats(15, observation.bpm))})
        case BehaviourEvent():
            longer = timedelta(seconds=data.draw(st.integers(0, 600)))
            return observation.model_copy(update={"ended_at": observation.ended_at + longer})
        case CtFinding():
            return observation.model_copy(update={"haemorrhage": True})
        case _:
            return observation


@for_all(many_observations(), histories(), st.data())
def test_a_graver_sign_never_lowers_the_score(seen: list[Observation], history: History, data: st.DataObject) -> None:
    graver = [_graver(observation, data) for observation in seen]

    assert _assess(*graver, history=history).score >= _assess(*seen, history=history).score - _ROUNDING


@for_all(many_observations(), observations())
def test_the_future_changes_nothing(seen: list[Observation], later: Observation) -> None:
    shift = timedelta(days=1)
    names = ("at",) if hasattr(later, "at") else ("started_at", "ended_at")
    tomorrow = later.model_copy(update={name: getattr(later, name) + shift for name in names})

    assert _assess(*seen, tomorrow).score == _assess(*seen).score
