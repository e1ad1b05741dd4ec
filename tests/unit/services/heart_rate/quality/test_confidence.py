import numpy as np
import pytest

from services.heart_rate.quality.confidence import (
    CEILINGS,
    REASONS,
    SIGNS,
    ConfidenceModel,
    confidence_model,
    model_of,
)
from shared.contracts.heart_rate import Reason


def a_model(**changed: object) -> ConfidenceModel:
    stored = {
        "features": {
            "snr_db": {"mean": 2.0, "scale": 4.0, "knot": 0.5, "above": 1.0, "below": 3.0, "usual": 6.0},
            "motion": {"mean": -2.5, "scale": 0.5, "knot": 0.0, "above": -1.0, "below": -1.0, "usual": -3.0},
        },
        "intercept": 0.25,
        "threshold": 0.9,
        "interval_scale": 0.2,
    }
    return model_of(stored | changed)


def test_the_odds_are_those_worked_by_hand() -> None:
    # snr 0 dB: z = −0.5, one below its knot, −3; motion −2: z = 1, −1; with 0.25: −3.75.
    found = a_model().confidence({"snr_db": np.array([0.0]), "motion": np.array([-2.0])})
    assert found[0] == pytest.approx(1 / (1 + np.exp(3.75)))


def test_above_its_knot_a_feature_weighs_less() -> None:
    model = a_model()
    rates = model.confidence({"snr_db": np.array([0.0, 2.0, 8.0, 10.0]), "motion": np.full(4, -2.5)})
    odds = np.log(rates / (1 - rates))
    assert odds[1] - odds[0] == pytest.approx(3 * 0.5)
    assert odds[3] - odds[2] == pytest.approx(1 * 0.5)


def test_what_nothing_makes_up_for_bounds_the_confidence() -> None:
    features = {
        "snr_db": {"mean": 2.0, "scale": 4.0, "knot": 0.5, "above": 1.0, "below": 3.0, "usual": 6.0},
        "half_line": {"mean": -4.9, "scale": 0.5, "knot": 0.0, "above": -0.2, "below": 0.0, "usual": -5.0},
    }
    model = a_model(features=features)
    limit, most = CEILINGS["half_line"]
    rates = model.confidence({"snr_db": np.full(2, 40.0), "half_line": np.array([limit - 0.01, limit + 0.01])})
    assert rates[0] > 0.9
    assert rates[1] == most < confidence_model("video").threshold
    assert model.reason({"snr_db": 6.0, "half_line": 0.0}) is Reason.MOTION


def test_the_reason_is_what_takes_most() -> None:
    model = a_model()
    assert model.reason({"snr_db": 6.0, "motion": -1.0}) is Reason.MOTION
    assert model.reason({"snr_db": -6.0, "motion": -2.9}) is Reason.WEAK_PULSE


def test_a_clear_cause_comes_before_a_symptom_however_bad() -> None:
    assert a_model().reason({"snr_db": -10.0, "motion": -2.5}) is Reason.MOTION


@pytest.mark.parametrize("kind", ["video", "wave"])
class TestTheCommittedModel:
    def test_knows_a_reason_for_every_feature(self, kind: str) -> None:
        assert set(confidence_model(kind).names) <= set(REASONS)

    def test_believes_what_it_calls_usual(self, kind: str) -> None:
        model = confidence_model(kind)
        usual = {name: np.array([value]) for name, value in zip(model.names, model.usual, strict=True)}
        assert model.confidence(usual)[0] > max(model.threshold, 0.98)

    def test_asks_for_more_than_an_even_chance(self, kind: str) -> None:
        assert 0.5 < confidence_model(kind).threshold < 1.0

    def test_never_believes_more_in_less(self, kind: str) -> None:
        model = confidence_model(kind)
        for name, above, below in zip(model.names, model.above, model.below, strict=True):
            sign = SIGNS.get(name, 0)
            assert sign * above >= 0, name
            assert sign * below >= 0, name
