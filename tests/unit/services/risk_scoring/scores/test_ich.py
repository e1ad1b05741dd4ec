import pytest
from hypothesis import strategies as st

from services.risk_scoring.scores.ich import ICH, IchInputs
from services.risk_scoring.scores.score import NotComputable, ScoreResult
from tests.fixtures.properties import for_all


def _result(**facts: object) -> ScoreResult:
    mild = {"gcs": 15, "haematoma_ml": 5.0, "intraventricular": False, "infratentorial": False, "age_years": 60.0}
    result = ICH.compute(IchInputs.model_validate(mild | facts))
    assert isinstance(result, ScoreResult)
    return result


def test_a_deeply_comatose_old_patient_with_a_large_bleed_scores_five() -> None:
    # By hand: GCS 4 gives 2, 30 mL 1, ventricles 1, supratentorial 0, age 80 1.
    result = _result(gcs=4, haematoma_ml=30.0, intraventricular=True, age_years=80.0)

    assert result.total == 5
    assert [item.points for item in result.items] == [2, 1, 1, 0, 1]
    assert result.items[1].reason == "Haematoma volume 30 mL: 30 mL or more"


@pytest.mark.parametrize(("gcs", "points"), [(3, 2), (4, 2), (5, 1), (12, 1), (13, 0), (15, 0)])
def test_the_coma_scale_is_cut_after_4_and_12(gcs: int, points: int) -> None:
    # Public copies cut after 5 and 8.
    assert _result(gcs=gcs).total == points


@pytest.mark.parametrize(("haematoma_ml", "points"), [(0.0, 0), (29.999, 0), (30.0, 1), (30.001, 1)])
def test_30_ml_count(haematoma_ml: float, points: int) -> None:
    assert _result(haematoma_ml=haematoma_ml).total == points


@pytest.mark.parametrize(("age", "points"), [(79.99, 0), (80.0, 1), (81.0, 1)])
def test_age_counts_from_the_80th_birthday(age: float, points: int) -> None:
    assert _result(age_years=age).total == points


def test_mortality_is_the_papers_and_not_the_94_percent_for_4_of_public_copies() -> None:
    worst = {"gcs": 3, "haematoma_ml": 60.0, "intraventricular": True, "infratentorial": True, "age_years": 90.0}
    milder: list[dict[str, object]] = [
        {"gcs": 15, "haematoma_ml": 1.0, "intraventricular": False, "infratentorial": False, "age_years": 50.0},
        {"haematoma_ml": 1.0, "intraventricular": False, "infratentorial": False, "age_years": 50.0, "gcs": 9},
        {"intraventricular": False, "infratentorial": False, "age_years": 50.0, "gcs": 9},
        {"infratentorial": False, "age_years": 50.0, "gcs": 9},
        {"infratentorial": False, "age_years": 50.0},
        {"infratentorial": False},
        {},
    ]
    results = [_result(**(worst | facts)) for facts in milder]

    assert [result.total for result in results] == [0, 1, 2, 3, 4, 5, 6]
    assert [result.meanings[0].probability for result in results] == [0.0, 0.13, 0.26, 0.72, 0.97, 1.0, 1.0]


def test_a_score_never_seen_is_said_to_be_so() -> None:
    result = _result(gcs=3, haematoma_ml=31.0, intraventricular=True, infratentorial=True, age_years=80.0)

    assert "none scored 6" in result.meanings[0].words


def test_it_always_warns_that_care_must_not_be_limited_by_it_alone() -> None:
    assert "limiting care" in _result().cautions[0]


@for_all(
    gcs=st.integers(3, 15),
    volume=st.floats(0, 1500),
    ventricles=st.booleans(),
    infratentorial=st.booleans(),
    age=st.floats(18, 130),
)
def test_it_agrees_with_the_formula_over_its_whole_domain(
    gcs: int, volume: float, ventricles: bool, infratentorial: bool, age: float
) -> None:
    coma = 2 * (gcs < 5) + (5 <= gcs < 13)
    expected = coma + (volume >= 30) + ventricles + infratentorial + (age >= 80)

    result = _result(
        gcs=gcs, haematoma_ml=volume, intraventricular=ventricles, infratentorial=infratentorial, age_years=age
    )
    assert result.total == expected


def test_a_child_is_not_scored() -> None:
    inputs = IchInputs(gcs=15, haematoma_ml=5, intraventricular=False, infratentorial=False, age_years=17.9)
    result = ICH.compute(inputs)

    assert isinstance(result, NotComputable)
    assert [(reason.code, reason.field) for reason in result.reasons] == [("not_applicable", "age_years")]
