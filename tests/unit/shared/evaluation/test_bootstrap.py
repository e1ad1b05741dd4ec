import math

import numpy as np
import pytest

from shared.evaluation.bootstrap import bootstrap, bootstrap_mean


def test_the_interval_of_a_mean_is_that_of_normal_theory() -> None:
    values = np.random.default_rng(1).normal(10, 2, 400)
    estimate = bootstrap_mean(values)
    half = 1.96 * values.std(ddof=1) / math.sqrt(len(values))
    assert estimate.value == pytest.approx(values.mean())
    assert estimate.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert estimate.high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.arange(20.0)
    assert bootstrap_mean(values, seed=5) == bootstrap_mean(values, seed=5)
    assert bootstrap_mean(values, seed=5) != bootstrap_mean(values, seed=6)


def test_undefined_patients_are_no_units_and_undefined_resamples_are_left_out() -> None:
    assert bootstrap_mean(np.array([1.0, np.nan, 1.0])).value == 1.0
    estimate = bootstrap(lambda chosen: math.nan if 0 not in chosen else 2.0, units=3, repeats=50)
    assert (estimate.value, estimate.low, estimate.high) == (2.0, 2.0, 2.0)
    assert math.isnan(bootstrap_mean(np.array([np.nan])).value)


def test_no_patients_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        bootstrap(lambda _: 0.0, units=0)
