import math

import pytest
from scipy.stats import binomtest

from shared.evaluation.proportions import wilson


@pytest.mark.parametrize(("hits", "total"), [(0, 5), (3, 7), (18, 18), (250, 1000)])
def test_the_interval_agrees_with_scipy(hits: int, total: int) -> None:
    estimate = wilson(hits, total)
    oracle = binomtest(hits, total).proportion_ci(method="wilson")
    assert estimate.value == hits / total
    assert (estimate.low, estimate.high) == pytest.approx((oracle.low, oracle.high))


def test_ten_of_ten_found_is_at_least_72_percent() -> None:
    # By hand: n / (n + z²) = 10 / 13.8415.
    assert wilson(10, 10).low == pytest.approx(10 / 13.8415, abs=1e-4)
    assert wilson(10, 10).high == 1.0


def test_nothing_to_count_is_undefined_and_impossible_counts_are_refused() -> None:
    assert math.isnan(wilson(0, 0).low)
    with pytest.raises(ValueError, match="5 hits of 4"):
        wilson(5, 4)
