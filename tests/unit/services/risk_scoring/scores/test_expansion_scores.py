"""BRAIN, NAG, BAT and the 9-point score: four ways to foresee that a haematoma grows."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.risk_scoring.scores.bat import BAT, BatInputs
from services.risk_scoring.scores.brain import BRAIN, BrainInputs
from services.risk_scoring.scores.brouwers import BROUWERS, BrouwersInputs
from services.risk_scoring.scores.nag import NAG, NagInputs
from services.risk_scoring.scores.quantities import Glucose
from services.risk_scoring.scores.score import NotComputable, Score, ScoreInputs, ScoreResult
from tests.fixtures.properties import for_all

_NOTHING = {"recurrent_haemorrhage": False, "warfarin": False, "intraventricular": False}


def _computed(score: Score[Any], inputs: ScoreInputs) -> ScoreResult:
    result = score.compute(inputs)
    assert isinstance(result, ScoreResult)
    return result


def _brain(**facts: object) -> ScoreResult:
    return _computed(BRAIN, BrainInputs.model_validate({"haematoma_ml": 5.0, "onset_to_ct_h": 9.0} | _NOTHING | facts))


def test_brain_of_a_patient_on_warfarin_seen_early_with_15_ml_is_16() -> None:
    # By hand: 5 for 15 mL, 6 for warfarin, 5 for the first hour.
    result = _brain(haematoma_ml=15.0, warfarin=True, onset_to_ct_h=0.7)

    assert result.total == 16
    assert result.meanings[0].probability == pytest.approx(0.521)


@pytest.mark.parametrize(("haematoma_ml", "points"), [(10.0, 0), (10.01, 5), (20.0, 5), (20.01, 7)])
def test_brain_cuts_volume_after_10_and_20_ml(haematoma_ml: float, points: int) -> None:
    assert _brain(haematoma_ml=haematoma_ml).total == points


@pytest.mark.parametrize(
    ("hours", "points"),
    [(0.0, 5), (1.0, 5), (1.01, 4), (2.0, 4), (2.01, 3), (3.0, 3), (3.01, 2), (4.0, 2), (4.01, 1), (5.0, 1), (5.01, 0)],
)
def test_brain_gives_a_point_less_for_every_hour_begun(hours: float, points: int) -> None:
    assert _brain(onset_to_ct_h=hours).total == points


def test_brain_reaches_24() -> None:
    assert (BRAIN.lowest, BRAIN.highest) == (0, 24)
    worst = _brain(
        haematoma_ml=30.0, recurrent_haemorrhage=True, warfarin=True, intraventricular=True, onset_to_ct_h=0.5
    )
    assert worst.total == 24
    assert worst.meanings[0].probability == pytest.approx(0.858)


def test_brains_probabilities_lie_on_one_logit_line() -> None:
    # The source's own check: a slope of 0.2144 per point reproduces every figure within 0.1 %.
    percent = np.array([BRAIN.meaning(total, ())[0].probability for total in range(25)], float) * 100
    intercept = np.mean(np.log(percent / (100 - percent)) - 0.2144 * np.arange(25))

    assert 100 / (1 + np.exp(-(intercept + 0.2144 * np.arange(25)))) == pytest.approx(percent, abs=0.1)


def _nag(nihss: int, anticoagulant: bool, glucose: Glucose) -> ScoreResult:
    return _computed(NAG, NagInputs(nihss=nihss, anticoagulant=anticoagulant, glucose=glucose))


@pytest.mark.parametrize(
    ("value", "unit", "points"),
    [(132.99, "mg/dL", 0), (133.0, "mg/dL", 1), (7.37, "mmol/L", 0), (7.38, "mmol/L", 1)],
)
def test_nag_holds_to_the_threshold_of_either_unit(value: float, unit: str, points: int) -> None:
    # 7.38 mmol/L converted would be 132.96 mg/dL, and miss the point that its source gives.
    assert _nag(9, False, Glucose.model_validate({"value": value, "unit": unit})).total == points


@pytest.mark.parametrize(("nihss", "points"), [(0, 0), (9, 0), (10, 1), (42, 1)])
def test_nag_counts_nihss_from_10(nihss: int, points: int) -> None:
    assert _nag(nihss, False, Glucose(value=90, unit="mg/dL")).total == points


def test_nag_tells_the_frequencies_of_its_four_totals() -> None:
    assert [NAG.meaning(total, ())[0].probability for total in range(NAG.highest + 1)] == [0.04, 0.25, 0.60, 1.0]


@pytest.mark.parametrize(("value", "unit"), [(7.4, "mg/dL"), (133.0, "mmol/L"), (math.nan, "mg/dL"), (-90.0, "mg/dL")])
def test_glucose_in_the_wrong_unit_is_refused(value: float, unit: str) -> None:
    with pytest.raises(ValidationError):
        Glucose.model_validate({"value": value, "unit": unit})


def _bat(**facts: object) -> ScoreResult:
    plain = {"blend_sign": False, "hypodensity": False, "onset_to_ct_h": 9.0, "coagulopathy": False}
    return _computed(BAT, BatInputs.model_validate(plain | facts))


@pytest.mark.parametrize(
    ("facts", "total", "risk"),
    [
        ({}, 0, "low"),
        ({"hypodensity": True}, 2, "low"),
        ({"blend_sign": True, "hypodensity": True}, 3, "high"),
        ({"onset_to_ct_h": 2.49}, 2, "low"),
        ({"onset_to_ct_h": 2.5}, 0, "low"),
        ({"onset_to_ct_h": "unknown", "hypodensity": True}, 2, "low"),
        ({"blend_sign": True, "hypodensity": True, "onset_to_ct_h": 1.0}, 5, "high"),
    ],
)
def test_bat_cuts_at_three(facts: dict[str, object], total: int, risk: str) -> None:
    result = _bat(**facts)

    assert result.total == total
    assert result.meanings[0].words.startswith(risk)


def test_an_onset_nobody_knows_is_not_an_onset_nobody_asked_for() -> None:
    result = BAT.compute(BatInputs(blend_sign=True, hypodensity=True))

    assert isinstance(result, NotComputable)
    assert [reason.field for reason in result.reasons] == ["onset_to_ct_h"]


def test_bat_is_not_for_coagulopathy() -> None:
    result = BAT.compute(BatInputs(blend_sign=True, hypodensity=True, onset_to_ct_h=1.0, coagulopathy=True))

    assert isinstance(result, NotComputable)
    assert result.reasons[0].code == "not_applicable"


def _nine(**facts: object) -> ScoreResult:
    plain = {"warfarin": False, "onset_to_ct_h": 9.0, "haematoma_ml": 5.0, "spot_sign": "absent"}
    return _computed(BROUWERS, BrouwersInputs.model_validate(plain | facts))


@pytest.mark.parametrize(
    ("facts", "total"),
    [
        ({}, 0),
        ({"warfarin": True}, 2),
        ({"onset_to_ct_h": 6.0}, 2),
        ({"onset_to_ct_h": 6.01}, 0),
        ({"haematoma_ml": 29.99}, 0),
        ({"haematoma_ml": 30.0}, 1),
        ({"haematoma_ml": 60.0}, 1),
        ({"haematoma_ml": 60.01}, 2),
        ({"spot_sign": "unavailable"}, 0),
        ({"spot_sign": "present"}, 3),
        ({"warfarin": True, "onset_to_ct_h": 1.0, "haematoma_ml": 90.0, "spot_sign": "present"}, 9),
    ],
)
def test_the_nine_points_are_these(facts: dict[str, object], total: int) -> None:
    assert _nine(**facts).total == total


@pytest.mark.parametrize("score", [BAT, BROUWERS])
def test_points_that_nobody_read_in_their_source_are_marked(score: Score[Any]) -> None:
    assert score.provenance == "unverified"
    assert "from memory" in score.provenance_detail


@for_all(
    volume=st.floats(0, 1500),
    hours=st.floats(0, 100),
    warfarin=st.booleans(),
    later=st.floats(0, 100),
    spot=st.sampled_from(["absent", "present", "unavailable"]),
)
def test_a_later_ct_never_raises_the_risk(volume: float, hours: float, warfarin: bool, later: float, spot: str) -> None:
    brain = {"haematoma_ml": volume, "warfarin": warfarin}
    nine = brain | {"spot_sign": spot}

    assert _brain(**brain, onset_to_ct_h=hours + later).total <= _brain(**brain, onset_to_ct_h=hours).total
    assert _nine(**nine, onset_to_ct_h=hours + later).total <= _nine(**nine, onset_to_ct_h=hours).total
    assert _bat(onset_to_ct_h=hours + later).total <= _bat(onset_to_ct_h=hours).total
