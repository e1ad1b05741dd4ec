import math

import numpy as np
import pytest
from pydantic import ValidationError

from services.risk_scoring.scorecard.card import FeatureWeight, Missing, Scorecard
from services.risk_scoring.scorecard.scoring import level_probabilities, score


def weight(name: str, coefficient: float, missing: Missing = "impute") -> FeatureWeight:
    return FeatureWeight(
        name=name, label=name, mean=10, scale=2, coefficient=coefficient, low=5, high=20, missing=missing
    )


CARD = Scorecard(
    outcome="o",
    levels=("none", "some", "much"),
    cuts=(-1.0, 0.5),
    features=(weight("a", 0.6), weight("b", -1.0, "refuse")),
)


def test_a_contribution_is_the_coefficient_times_the_deviation_in_standard_deviations() -> None:
    assert score(CARD, {"a": 14, "b": 9}).contributions == {"a": pytest.approx(1.2), "b": pytest.approx(0.5)}


def test_what_is_missing_adds_nothing_and_is_named() -> None:
    scoring = score(CARD, {"a": None})
    assert scoring.contributions == {"a": 0, "b": 0}
    assert (scoring.missing, scoring.refused) == (("a", "b"), ("b",))


def test_zero_is_a_value_and_not_missing() -> None:
    scoring = score(CARD, {"a": 0.0, "b": 9})
    assert scoring.missing == ()
    assert scoring.contributions["a"] == pytest.approx(-3.0)


def test_values_beyond_those_learned_from_are_named() -> None:
    assert score(CARD, {"a": 4.9, "b": 20}).out_of_range == ("a",)


def test_levels_follow_proportional_odds() -> None:
    probabilities = level_probabilities(CARD, 1.7)
    some_or_more, much = 1 / (1 + math.exp(-1 - 1.7)), 1 / (1 + math.exp(0.5 - 1.7))
    np.testing.assert_allclose(probabilities, [1 - some_or_more, some_or_more - much, much])


@pytest.mark.parametrize("cuts", [(0.5, -1.0), (0.5,)])
def test_cuts_must_rise_and_be_one_fewer_than_the_levels(cuts: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="cuts must rise"):
        Scorecard(outcome="o", levels=("none", "some", "much"), cuts=cuts, features=())
