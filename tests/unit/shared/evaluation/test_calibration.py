import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

from shared.evaluation.calibration import (
    Equal,
    calibration_in_the_large,
    expected_calibration_error,
    recalibrate,
    reliability_table,
)

RNG = np.random.default_rng(4)
TRUE_LOG_ODDS = RNG.normal(-2, 2, 3000)
LABELS = RNG.random(3000) < expit(TRUE_LOG_ODDS)


def forecast(slope: float, intercept: float) -> NDArray[np.float64]:
    """Probabilities that ``slope`` and ``intercept`` would put right."""
    return np.asarray(expit((TRUE_LOG_ODDS - intercept) / slope))


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.5, 0.0), (2.0, -1.0)])
def test_recalibration_agrees_with_scikit_learn_and_finds_what_was_done_to_the_forecast(
    slope: float, intercept: float
) -> None:
    probabilities = forecast(slope, intercept)
    found = recalibrate(LABELS, probabilities)
    oracle = LogisticRegression(C=np.inf, tol=1e-10).fit(logit(probabilities)[:, None], LABELS)
    assert found.slope == pytest.approx(oracle.coef_[0, 0], abs=1e-4)
    assert found.intercept == pytest.approx(oracle.intercept_[0], abs=1e-4)
    assert found.slope == pytest.approx(slope, abs=0.1 * slope)


def test_calibration_in_the_large_balances_the_expected_and_the_observed_number() -> None:
    probabilities = forecast(1.0, -1.0)
    oracle = brentq(lambda a: expit(logit(probabilities) + a).sum() - LABELS.sum(), -5, 5)
    assert calibration_in_the_large(LABELS, probabilities) == pytest.approx(oracle, abs=1e-6)


def test_two_levels_are_recalibrated_to_their_observed_shares() -> None:
    # 1 of 4 at forecast 0.1 and 3 of 4 at 0.9: log odds of -log 3 and log 3 over those of -log 9 and log 9.
    labels = np.array([True, False, False, False, True, True, True, False])
    found = recalibrate(labels, np.array([0.1] * 4 + [0.9] * 4))
    assert found.slope == pytest.approx(math.log(3) / math.log(9))
    assert found.intercept == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("labels", "probabilities"),
    [([True, True], [0.2, 0.9]), ([True, False], [0.9, 0.2]), ([True, False], [0.5, 0.5])],
)
def test_without_overlap_of_two_classes_there_is_no_finite_slope(
    labels: list[bool], probabilities: list[float]
) -> None:
    assert math.isnan(recalibrate(np.array(labels), np.array(probabilities)).slope)


def test_certain_forecasts_that_fail_stay_finite() -> None:
    labels = np.array([True, False, True, False])
    found = recalibrate(labels, np.array([1.0, 0.0, 0.0, 1.0], np.float32))
    assert found.slope == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("equal", "strategy"), [("mass", "quantile"), ("width", "uniform")])
def test_the_reliability_table_agrees_with_scikit_learn(equal: Equal, strategy: str) -> None:
    probabilities = forecast(0.7, 0.2)
    table = reliability_table(LABELS, probabilities, bins=8, equal=equal)
    observed, mean = calibration_curve(LABELS, probabilities, n_bins=8, strategy=strategy)
    assert [row.mean_probability for row in table] == pytest.approx(list(mean))
    assert [row.observed.value for row in table] == pytest.approx(list(observed))
    assert sum(row.count for row in table) == 3000
    assert (len({row.count for row in table}) == 1) == (equal == "mass")


def test_the_calibration_error_is_the_mean_gap_of_equal_bins() -> None:
    # Two bins: forecasts 0.1, 0.3 with no case (gap 0.2), forecasts 0.6, 0.8 with one of two (gap 0.2).
    labels = np.array([False, False, True, False])
    assert expected_calibration_error(labels, np.array([0.1, 0.3, 0.6, 0.8]), bins=2) == pytest.approx(0.2)


def test_equal_forecasts_share_a_bin_whatever_their_order() -> None:
    labels = np.array([True, False, False, False, True])
    probabilities = np.array([0.2, 0.2, 0.2, 0.2, 0.9])
    for order in ([0, 1, 2, 3, 4], [4, 2, 1, 3, 0]):
        table = reliability_table(labels[order], probabilities[order], bins=3)
        assert [(row.count, row.observed.value) for row in table] == [(4, 0.25), (1, 1.0)]
        assert expected_calibration_error(labels[order], probabilities[order], bins=3) == pytest.approx(
            (4 * 0.05 + 0.1) / 5
        )


def test_no_cases_have_no_calibration() -> None:
    nothing = np.array([], np.float64)
    assert reliability_table(nothing.astype(bool), nothing) == []
    assert math.isnan(expected_calibration_error(nothing.astype(bool), nothing))
