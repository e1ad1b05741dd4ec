"""What holds for every clinical score, over the whole domain of its inputs."""

import json
from typing import Any

import pytest
from hypothesis import strategies as st

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.scores.registry import SCORES, UnknownScoreError, compute, compute_all
from services.risk_scoring.scores.score import NotComputable, Score, ScoreResult
from tests.fixtures.properties import for_all

_ANY = {
    "gcs": st.integers(3, 15),
    "nihss": st.integers(0, 42),
    "haematoma_ml": st.floats(0, 1500) | st.sampled_from([10.0, 20.0, 30.0, 60.0]),
    "onset_to_ct_h": st.floats(0, 8760) | st.sampled_from([1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0]),
    "age_years": st.floats(18, 130) | st.sampled_from([18.0, 70.0, 80.0]),
    "location": st.sampled_from(["lobar", "deep", "infratentorial"]),
    "spot_sign": st.sampled_from(["absent", "present", "unavailable"]),
    "glucose": st.builds(lambda value: {"value": value, "unit": "mg/dL"}, st.floats(10, 2000)),
    "respirations_per_min": st.integers(0, 120),
    "spo2_percent": st.integers(0, 100),
    "spo2_scale": st.sampled_from([1, 2]),
    "systolic_mmhg": st.integers(0, 350),
    "pulse_per_min": st.integers(0, 350),
    "consciousness": st.sampled_from(["alert", "new_confusion", "voice", "pain", "unresponsive"]),
    "temperature_c": st.floats(20, 46),
    # Only those whom the scores are made for.
    "coagulopathy": st.just(False),
    "pregnant": st.just(False),
    "primary_haemorrhage": st.just(True),
}
_SCORES = st.sampled_from(list(SCORES.values()))


def _facts_of(score: Score[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({field: _ANY.get(field, st.booleans()) for field in score.inputs.model_fields})


@for_all(st.data())
def test_items_sum_to_a_total_within_the_range(data: st.DataObject) -> None:
    score = data.draw(_SCORES)
    result = compute(score.name, data.draw(_facts_of(score)))

    assert isinstance(result, ScoreResult)
    assert result.total == sum(item.points for item in result.items)
    assert result.lowest <= result.total <= result.highest
    assert all(item.reason.startswith(item.title) for item in result.items)
    assert result.meanings
    assert all(meaning.words and meaning.source for meaning in result.meanings)
    assert result.unchecked == ()


@for_all(st.data())
def test_a_missing_input_is_named_and_never_taken_for_zero(data: st.DataObject) -> None:
    score = data.draw(_SCORES)
    facts = data.draw(_facts_of(score))
    read = sorted({field for item in score.items for field in item.reads} - {"spo2_scale"})
    gone = data.draw(st.sets(st.sampled_from(read), min_size=1))

    by_null = compute(score.name, facts | dict.fromkeys(gone))
    by_absence = compute(score.name, {field: value for field, value in facts.items() if field not in gone})

    assert isinstance(by_null, NotComputable)
    assert by_null == by_absence
    assert {reason.field for reason in by_null.reasons if reason.code == "missing"} == gone


@for_all(st.data())
def test_results_survive_json(data: st.DataObject) -> None:
    score = data.draw(_SCORES)
    result = compute(score.name, data.draw(_facts_of(score)))

    assert type(result).model_validate_json(result.model_dump_json()) == result


@for_all(st.data())
def test_a_child_has_no_total(data: st.DataObject) -> None:
    score = data.draw(_SCORES)
    child = data.draw(st.floats(0, 15.99))

    result = compute(score.name, data.draw(_facts_of(score)) | {"age_years": child})

    assert isinstance(result, NotComputable)
    assert "age_years" in {reason.field for reason in result.reasons}


def test_the_ranges_are_the_published_ones() -> None:
    published = {
        "ich": (0, 6),
        "func": (0, 11),
        "brain": (0, 24),
        "nag": (0, 3),
        "bat": (0, 5),
        "brouwers": (0, 9),
        "news2": (0, 20),
    }
    assert {name: (score.lowest, score.highest) for name, score in SCORES.items()} == published


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES.keys())
def test_every_score_has_a_meaning_for_every_total(score: Score[Any]) -> None:
    for total in range(score.lowest, score.highest + 1):
        assert score.meaning(total, ())


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES.keys())
def test_a_description_is_json_that_shows_the_table_and_the_form(score: Score[Any]) -> None:
    described = json.loads(score.describe().model_dump_json())

    assert described["citation"]
    assert described["applies_to"]
    assert {field for item in described["items"] for field in item["fields"]} <= set(described["inputs"]["properties"])
    assert all(len(item["rows"]) >= 2 for item in described["items"])


@pytest.mark.parametrize(
    ("name", "facts", "field"),
    [
        ("ich", {"haematoma_ml": -1.0}, "haematoma_ml"),
        ("ich", {"haematoma_ml": float("nan")}, "haematoma_ml"),
        ("ich", {"haematoma_ml": float("inf")}, "haematoma_ml"),
        ("ich", {"gcs": 2}, "gcs"),
        ("ich", {"gcs": 16}, "gcs"),
        ("ich", {"gcs": 13.5}, "gcs"),
        ("ich", {"gcs": True}, "gcs"),
        ("ich", {"gcs": "15"}, "gcs"),
        ("ich", {"intraventricular": 1}, "intraventricular"),
        ("ich", {"age_years": 131}, "age_years"),
        ("ich", {"gsc": 15}, "gsc"),
        ("func", {"location": "cerebellar"}, "location"),
        ("nag", {"nihss": 43}, "nihss"),
        ("nag", {"glucose": 133}, "glucose"),
        ("nag", {"glucose": {"value": 7.4, "unit": "mg/dL"}}, "glucose"),
        ("bat", {"onset_to_ct_h": "soon"}, "onset_to_ct_h"),
        ("bat", {"onset_to_ct_h": -0.1}, "onset_to_ct_h"),
        ("news2", {"spo2_percent": 101}, "spo2_percent"),
        ("news2", {"spo2_scale": 3}, "spo2_scale"),
        ("news2", {"temperature_c": 98.6}, "temperature_c"),
    ],
)
def test_what_cannot_be_is_refused_by_field(name: str, facts: dict[str, object], field: str) -> None:
    with pytest.raises(RiskInputError) as refused:
        compute(name, facts)

    assert {problem.field for problem in refused.value.fields} == {field}
    assert field in refused.value.detail
    assert refused.value.status == 422


def test_a_refusal_names_every_wrong_field_and_repeats_no_value() -> None:
    with pytest.raises(RiskInputError) as refused:
        compute("ich", {"haematoma_ml": -12345.0, "gcs": 99, "age_years": 70.0})

    assert [problem.field for problem in refused.value.fields] == ["gcs", "haematoma_ml"]
    assert "12345" not in refused.value.detail


def test_an_unknown_score_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownScoreError, match="ich, func, brain, nag, bat, brouwers, news2"):
        compute("max_ich", {})


def test_one_patients_facts_give_every_score_what_it_reads() -> None:
    facts = {"gcs": 9, "haematoma_ml": 40.0, "intraventricular": True, "infratentorial": False, "age_years": 81.0}
    results = compute_all(facts | {"warfarin": True, "recurrent_haemorrhage": False, "onset_to_ct_h": 2.0})

    ich, brain, func = results["ich"], results["brain"], results["func"]
    assert isinstance(ich, ScoreResult)
    assert isinstance(brain, ScoreResult)
    assert isinstance(func, NotComputable)
    assert (ich.total, brain.total) == (4, 19)  # 1+1+1+0+1, and 7+0+6+2+4
    assert {reason.field for reason in func.reasons} == {"location", "cognitive_impairment_before"}


def test_an_unknown_onset_counts_for_bat_and_is_missing_elsewhere() -> None:
    results = compute_all({"onset_to_ct_h": "unknown", "blend_sign": True, "hypodensity": False})
    brain = results["brain"]

    assert isinstance(results["bat"], ScoreResult)
    assert isinstance(brain, NotComputable)
    assert "onset_to_ct_h" in {reason.field for reason in brain.reasons}


def test_a_fact_that_no_score_reads_is_refused() -> None:
    with pytest.raises(RiskInputError, match="favourite_colour"):
        compute_all({"favourite_colour": "red"})
