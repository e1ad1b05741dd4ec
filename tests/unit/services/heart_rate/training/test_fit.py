from pathlib import Path

import numpy as np
import pytest

from services.heart_rate.quality.confidence import model_of
from services.heart_rate.training.examples import Examples, load, save, video_examples
from services.heart_rate.training.fit import confidences, figures, fitted, threshold_of


def examples(seed: int, count: int = 4000) -> Examples:
    """Right with the odds exp(snr / 2 − 4·motion at the rate): two features that tell, one that does not."""
    chance = np.random.default_rng(seed)
    features = np.stack(
        [chance.uniform(-8, 10, count), chance.uniform(-3, -1, count), chance.uniform(size=count)], axis=1
    )
    odds = 0.5 * features[:, 0] - 4 * (features[:, 1] + 2)
    right = chance.uniform(size=count) < 1 / (1 + np.exp(-odds))
    error = np.where(right, np.abs(chance.normal(0, 1, count)).clip(max=4.9), 40.0)
    kinds = np.where(chance.uniform(size=count) < 0.5, "still", "moving")
    return Examples(("snr_db", "motion_at_rate", "duration_s"), features, error, np.full(count, 10.0), kinds)


def test_the_fit_finds_the_odds_that_were_put_in() -> None:
    model = model_of(fitted(examples(1), "still"))
    fresh = examples(2)
    odds = 0.5 * fresh.features[:, 0] - 4 * (fresh.features[:, 1] + 2)
    true = 1 / (1 + np.exp(-odds))
    assert np.abs(confidences(model, fresh) - true).mean() < 0.03
    # What names no reason is no feature.
    assert model.names == ("snr_db", "motion_at_rate")


def test_the_threshold_holds_the_wrong_back_on_other_examples_too() -> None:
    said = figures(model_of(fitted(examples(1), None)), examples(2))
    assert said["all"]["wrong_given"] <= 0.02 * said["all"]["wrong"]
    assert said["all"]["given"] > 0.2
    for part in said["calibration"]:
        assert part["confidence"] == pytest.approx(part["right"], abs=0.08)


def test_bands_hold_the_truth_95_times_of_100() -> None:
    assert figures(model_of(fitted(examples(1), None)), examples(2))["all"]["band_holds"] == pytest.approx(
        0.95, abs=0.02
    )


def test_the_threshold_worked_by_hand() -> None:
    confidence = np.concatenate([np.linspace(0.01, 1.0, 100), [0.999]])
    right = np.append(np.zeros(100, bool), True)
    # Of a hundred wrong ones the best, at 1.0, may pass, and the next, at 0.99, may not.
    assert 0.99 < threshold_of(confidence, right, 0.01) < 0.9901
    assert threshold_of(confidence, np.ones(101, bool)) == 0.5


def test_examples_come_back_from_their_file(tmp_path: Path) -> None:
    kept = examples(3, 50)
    save(kept, tmp_path / "deep" / "examples.npz")
    back = load(tmp_path / "deep" / "examples.npz")
    assert back.names == kept.names
    np.testing.assert_array_equal(back.features, kept.features)
    np.testing.assert_array_equal(back.kinds, kept.kinds)


def test_examples_are_those_of_their_seed_whoever_works_on_them() -> None:
    one, again = video_examples(5, 1, workers=2), video_examples(5, 1, workers=1)
    np.testing.assert_array_equal(one.features, again.features)
    assert set(one.kinds) >= {"still", "moving", "lifeless"}
    # A photograph has no rate to be near to.
    assert np.isinf(one.error_bpm[one.kinds == "lifeless"]).all()
