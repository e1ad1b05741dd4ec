import numpy as np
import pytest
from sklearn.metrics import roc_curve as sklearn_roc_curve

from shared.evaluation.roc import roc_band, roc_curve
from shared.evaluation.scores import roc_auc

RNG = np.random.default_rng(3)
LABELS = RNG.random(400) > 0.7
SCORES = np.round(RNG.normal(LABELS * 1.0, 1.0), 1)  # with ties


def test_the_curve_is_that_of_scikit_learn() -> None:
    curve = roc_curve(LABELS, SCORES)
    rates, sensitivities, thresholds = sklearn_roc_curve(LABELS, SCORES, drop_intermediate=False)
    assert np.allclose(curve.false_positive_rate, rates)
    assert np.allclose(curve.sensitivity, sensitivities)
    assert np.allclose(curve.thresholds[1:], thresholds[1:])
    assert np.trapezoid(curve.sensitivity, curve.false_positive_rate) == pytest.approx(roc_auc(LABELS, SCORES))


def test_one_class_has_no_curve() -> None:
    with pytest.raises(ValueError, match="positive and negative"):
        roc_curve(np.ones(3, bool), np.ones(3))


def test_the_band_holds_the_curve_and_narrows_with_more_patients() -> None:
    def patients(count: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
        draw = np.random.default_rng(5)
        labels = [draw.random(20) > 0.7 for _ in range(count)]
        return labels, [draw.normal(y * 1.0, 1.0) for y in labels]

    widths = []
    for count in (10, 160):
        labels, scores = patients(count)
        band = roc_band(labels, scores, repeats=200)
        assert band is not None
        curve = roc_curve(np.concatenate(labels), np.concatenate(scores))
        at = curve.sensitivity[np.searchsorted(curve.false_positive_rate, band.false_positive_rate, side="right") - 1]
        assert ((band.low <= at) & (at <= band.high)).mean() > 0.95
        widths.append(float((band.high - band.low).mean()))
    assert widths[1] < widths[0] / 2


def test_patients_of_one_class_give_no_band() -> None:
    assert roc_band([np.ones(4, bool)], [np.ones(4)], repeats=5) is None
