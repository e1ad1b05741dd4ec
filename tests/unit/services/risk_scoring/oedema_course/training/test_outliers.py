"""Outlier rules, by hand and against numpy."""

import numpy as np
import pytest
from scipy.stats import expon, norm

from services.risk_scoring.oedema_course.training.outliers import box_plot, three_sigma, upper_fence


def test_a_box_plot_by_hand() -> None:
    """Of 1 to 8 and 100 the quartiles are 3, 5 and 7, and the fences 3 - 6 and 7 + 6."""
    found = box_plot(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 100]))
    assert (found.first_quartile, found.median, found.third_quartile) == (3, 5, 7)
    assert (found.lower_fence, found.upper_fence, found.outliers) == (-3, 13, 1)


def test_a_value_on_the_fence_is_no_outlier() -> None:
    assert box_plot(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 13])).outliers == 0
    assert box_plot(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 13.01])).outliers == 1


def test_quartiles_are_numpys() -> None:
    values = np.random.default_rng(2).exponential(200, 333)
    found = box_plot(values)
    assert [found.first_quartile, found.median, found.third_quartile] == pytest.approx(
        np.quantile(values, [0.25, 0.5, 0.75])
    )
    assert upper_fence(values) == found.upper_fence
    assert found.outliers == int((values > found.upper_fence).sum())


def test_three_sigma_applies_to_what_is_normal() -> None:
    values = norm(10, 2).ppf((np.arange(300) + 0.5) / 300)
    found = three_sigma(values)
    assert found.applies
    assert (found.mean, found.deviation) == pytest.approx((10, 2), abs=0.05)
    assert found.upper == pytest.approx(found.mean + 3 * found.deviation)
    assert found.skewness == pytest.approx(0, abs=1e-6)


def test_three_sigma_does_not_apply_to_times_that_crowd_at_the_start() -> None:
    """An exponential distribution has skewness 2 and an excess kurtosis of 6."""
    found = three_sigma(expon.ppf((np.arange(2000) + 0.5) / 2000))
    assert not found.applies
    assert found.skewness == pytest.approx(2, abs=0.15)
    assert found.excess_kurtosis == pytest.approx(6, abs=1.2)
    assert found.lower < 0 < found.outliers
    assert max(found.shapiro_p, found.dagostino_p) < 1e-6


def test_one_value_far_off_is_counted() -> None:
    assert three_sigma(np.array([*np.linspace(-1, 1, 60), 50.0])).outliers == 1
