import bisect

import pytest
from hypothesis import strategies as st

from services.risk_scoring.scores.news2 import NEWS2, News2Inputs
from services.risk_scoring.scores.score import NotComputable, ScoreResult
from tests.fixtures.properties import for_all

_WELL = {
    "respirations_per_min": 16,
    "spo2_percent": 97,
    "on_oxygen": False,
    "systolic_mmhg": 120,
    "pulse_per_min": 70,
    "consciousness": "alert",
    "temperature_c": 37.0,
}
# An independent reading of the chart: the last value of every band but the highest, and the bands' points.
_BANDS: dict[str, tuple[list[float], list[int]]] = {
    "respirations_per_min": ([8, 11, 20, 24], [3, 1, 0, 2, 3]),
    "spo2_percent": ([91, 93, 95], [3, 2, 1, 0]),
    "systolic_mmhg": ([90, 100, 110, 219], [3, 2, 1, 0, 3]),
    "pulse_per_min": ([40, 50, 90, 110, 130], [3, 1, 0, 1, 2, 3]),
    "temperature_c": ([35.0, 36.0, 38.0, 39.0], [3, 1, 0, 1, 2]),
}


def _result(**facts: object) -> ScoreResult:
    result = NEWS2.compute(News2Inputs.model_validate(_WELL | facts))
    assert isinstance(result, ScoreResult)
    return result


def _points(field: str, value: float) -> int:
    limits, points = _BANDS[field]
    return points[bisect.bisect_left(limits, value)]


def test_a_confused_septic_patient_on_oxygen_scores_fourteen() -> None:
    # By hand: 24/min 2, 93 % 2, oxygen 2, 105 mmHg 1, 125/min 2, confusion 3, 39.1 °C 2.
    result = _result(
        respirations_per_min=24,
        spo2_percent=93,
        on_oxygen=True,
        systolic_mmhg=105,
        pulse_per_min=125,
        consciousness="new_confusion",
        temperature_c=39.1,
    )

    assert [item.points for item in result.items] == [2, 2, 2, 1, 2, 3, 2]
    assert result.total == 14
    assert result.meanings[0].words.startswith("high")


def test_the_worst_set_reaches_twenty() -> None:
    worst = _result(
        respirations_per_min=25,
        spo2_percent=80,
        on_oxygen=True,
        systolic_mmhg=80,
        pulse_per_min=140,
        consciousness="unresponsive",
        temperature_c=34.0,
    )
    assert (worst.total, worst.lowest, worst.highest) == (20, 0, 20)


@pytest.mark.parametrize("field", ["respirations_per_min", "spo2_percent", "systolic_mmhg", "pulse_per_min"])
def test_every_whole_number_gets_the_charts_points(field: str) -> None:
    # A public copy gives a pulse of 91 to 110 two points instead of one.
    for value in range(101 if field == "spo2_percent" else 121 if field == "respirations_per_min" else 301):
        assert _result(**{field: value}).total == _points(field, value), value


def test_every_tenth_of_a_degree_gets_the_charts_points() -> None:
    # A public copy begins the cold band under 35.0 and the hot one at 39.0.
    for tenths in range(200, 460):
        assert _result(temperature_c=tenths / 10).total == _points("temperature_c", tenths / 10), tenths


@pytest.mark.parametrize(("measured", "charted"), [(38.04, 0), (38.05, 1), (35.04, 3), (35.05, 1), (39.05, 2)])
def test_a_finer_temperature_is_rounded_to_the_charts_tenths(measured: float, charted: int) -> None:
    assert _result(temperature_c=measured).total == charted


@pytest.mark.parametrize(
    ("spo2", "on_air", "on_oxygen"),
    [
        *((83, 3, 3), (84, 2, 2), (85, 2, 2), (86, 1, 1), (87, 1, 1), (88, 0, 0), (92, 0, 0)),
        *((93, 0, 1), (94, 0, 1), (95, 0, 2), (96, 0, 2), (97, 0, 3), (100, 0, 3)),
    ],
)
def test_scale_2_counts_high_saturations_on_oxygen_alone(spo2: int, on_air: int, on_oxygen: int) -> None:
    assert _result(spo2_percent=spo2, spo2_scale=2).total == on_air
    assert _result(spo2_percent=spo2, spo2_scale=2, on_oxygen=True).total == on_oxygen + 2  # 2 for the oxygen


@pytest.mark.parametrize("state", ["new_confusion", "voice", "pain", "unresponsive"])
def test_anything_but_alert_is_three_and_asks_for_an_urgent_review(state: str) -> None:
    result = _result(consciousness=state)

    assert result.total == 3
    assert "one item at 3" in result.meanings[0].words


@pytest.mark.parametrize(
    ("facts", "total", "risk"),
    [
        ({}, 0, "low:"),
        ({"pulse_per_min": 120, "respirations_per_min": 22}, 4, "low:"),
        ({"pulse_per_min": 120, "consciousness": "voice"}, 5, "medium"),
        ({"pulse_per_min": 140, "consciousness": "voice"}, 6, "medium"),
        ({"pulse_per_min": 140, "consciousness": "voice", "systolic_mmhg": 105}, 7, "high"),
    ],
)
def test_the_total_decides_how_urgent_the_answer_is(facts: dict[str, object], total: int, risk: str) -> None:
    result = _result(**facts)

    assert result.total == total
    assert result.meanings[0].words.startswith(risk)


@for_all(
    respiration=st.integers(0, 120),
    spo2=st.integers(0, 100),
    oxygen=st.booleans(),
    systolic=st.integers(0, 350),
    pulse=st.integers(0, 350),
    temperature=st.integers(200, 460),
)
def test_it_agrees_with_the_chart_over_its_whole_domain(
    respiration: int, spo2: int, oxygen: bool, systolic: int, pulse: int, temperature: int
) -> None:
    facts = {
        "respirations_per_min": respiration,
        "spo2_percent": spo2,
        "systolic_mmhg": systolic,
        "pulse_per_min": pulse,
        "temperature_c": temperature / 10,
    }
    expected = sum(_points(field, value) for field, value in facts.items()) + 2 * oxygen

    assert _result(**facts, on_oxygen=oxygen).total == expected


@pytest.mark.parametrize(("facts", "field"), [({"age_years": 15.9}, "age_years"), ({"pregnant": True}, "pregnant")])
def test_it_is_neither_for_children_nor_for_pregnancy(facts: dict[str, object], field: str) -> None:
    result = NEWS2.compute(News2Inputs.model_validate(_WELL | facts))

    assert isinstance(result, NotComputable)
    assert [reason.field for reason in result.reasons] == [field]


def test_what_the_inputs_do_not_tell_of_its_applicability_is_said() -> None:
    assert len(_result().unchecked) == 2
    assert _result(age_years=60.0, pregnant=False).unchecked == ()


def test_oxygen_that_nobody_recorded_is_named_once() -> None:
    result = NEWS2.compute(News2Inputs.model_validate(_WELL | {"on_oxygen": None}))

    assert isinstance(result, NotComputable)
    assert [reason.field for reason in result.reasons] == ["on_oxygen"]
