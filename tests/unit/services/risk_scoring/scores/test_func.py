import pytest
from hypothesis import strategies as st

from services.risk_scoring.scores.func import FUNC, FuncInputs
from services.risk_scoring.scores.score import NotComputable, ScoreResult
from tests.fixtures.properties import for_all

_BEST = {
    "haematoma_ml": 5.0,
    "age_years": 50.0,
    "location": "lobar",
    "gcs": 15,
    "cognitive_impairment_before": False,
    "primary_haemorrhage": True,
}


def _result(**facts: object) -> ScoreResult:
    result = FUNC.compute(FuncInputs.model_validate(_BEST | facts))
    assert isinstance(result, ScoreResult)
    return result


def test_a_deep_bleed_of_40_ml_at_75_with_a_coma_scale_of_10_scores_seven() -> None:
    # By hand: 2 for the volume, 1 for the age, 1 for the place, 2 for the coma scale, 1 for a clear mind before.
    result = _result(haematoma_ml=40.0, age_years=75.0, location="deep", gcs=10)

    assert [item.points for item in result.items] == [2, 1, 1, 2, 1]
    assert result.total == 7


@pytest.mark.parametrize(("haematoma_ml", "points"), [(29.99, 4), (30.0, 2), (60.0, 2), (60.01, 0)])
def test_30_and_60_ml_both_belong_to_the_middle_band(haematoma_ml: float, points: int) -> None:
    assert _result(haematoma_ml=haematoma_ml).total == 7 + points


@pytest.mark.parametrize(("age", "points"), [(69.9, 2), (70.0, 1), (79.9, 1), (80.0, 0)])
def test_age_is_cut_at_70_and_80(age: float, points: int) -> None:
    assert _result(age_years=age).total == 9 + points


@pytest.mark.parametrize(("gcs", "points"), [(3, 0), (8, 0), (9, 2), (15, 2)])
def test_the_coma_scale_is_cut_at_9(gcs: int, points: int) -> None:
    assert _result(gcs=gcs).total == 9 + points


@pytest.mark.parametrize(("location", "points"), [("lobar", 2), ("deep", 1), ("infratentorial", 0)])
def test_each_location_has_its_points(location: str, points: int) -> None:
    assert _result(location=location).total == 9 + points


@pytest.mark.parametrize(
    ("facts", "total", "of_all", "of_survivors"),
    [
        ({"haematoma_ml": 70.0, "gcs": 5, "age_years": 85.0}, 3, 0.0, 0.0),
        ({"haematoma_ml": 70.0, "gcs": 5}, 5, 0.13, 0.29),
        ({"haematoma_ml": 40.0, "cognitive_impairment_before": True}, 8, 0.42, 0.48),
        ({"haematoma_ml": 40.0}, 9, 0.66, 0.75),
        ({}, 11, 0.82, 0.95),
    ],
)
def test_the_whole_cohort_and_the_survivors_are_told_apart(
    facts: dict[str, object], total: int, of_all: float, of_survivors: float
) -> None:
    # Public calculators print the survivors' 29, 48, 75 and 95 % as if they were everybody's.
    result = _result(**facts)
    everybody, survivors = result.meanings

    assert result.total == total
    assert ("whole cohort" in everybody.outcome, everybody.probability) == (True, of_all)
    assert ("survivors alone" in survivors.outcome, survivors.probability) == (True, of_survivors)


@for_all(
    volume=st.floats(0, 1500),
    more=st.floats(0, 1500),
    age=st.floats(18, 130),
    gcs=st.integers(3, 15),
    location=st.sampled_from(["lobar", "deep", "infratentorial"]),
    impaired=st.booleans(),
)
def test_a_larger_bleed_never_improves_the_prospect(
    volume: float, more: float, age: float, gcs: int, location: str, impaired: bool
) -> None:
    smaller, larger = sorted((volume, more))
    rest = {"age_years": age, "gcs": gcs, "location": location, "cognitive_impairment_before": impaired}

    assert _result(haematoma_ml=larger, **rest).total <= _result(haematoma_ml=smaller, **rest).total


def test_a_bleed_with_another_cause_is_not_scored() -> None:
    result = FUNC.compute(FuncInputs.model_validate(_BEST | {"primary_haemorrhage": False}))

    assert isinstance(result, NotComputable)
    assert result.reasons[0].field == "primary_haemorrhage"
    assert "primary haemorrhage" in result.reasons[0].detail
