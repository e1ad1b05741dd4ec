import numpy as np
import pytest

from services.risk_scoring.training.stability import StabilitySelection
from services.risk_scoring.training.vif import VifFilter


def test_of_two_nearly_equal_columns_one_goes_and_the_independent_ones_stay() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 4))
    x[:, 3] = x[:, 1] + 0.05 * rng.normal(size=80)
    kept = set(VifFilter(10).fit(x).kept_)
    assert kept in ({0, 1, 2}, {0, 2, 3})


def test_no_kept_column_has_a_factor_over_the_limit() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 6)) @ rng.normal(size=(6, 12)) + 0.3 * rng.normal(size=(60, 12))
    kept = VifFilter(5).fit_transform(x)
    for column in range(kept.shape[1]):  # 1 / (1 - R²), by regression
        others = np.column_stack([np.ones(60), np.delete(kept, column, axis=1)])
        residual = kept[:, column] - others @ np.linalg.lstsq(others, kept[:, column])[0]
        assert kept[:, column].var() / residual.var() <= 5 + 1e-6


def test_constant_columns_and_sums_of_others_go() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(50, 3))
    x = np.column_stack([x, np.full(50, 7.0), x.sum(axis=1)])
    kept = VifFilter(1e9).fit(x).kept_
    assert 3 not in kept
    assert len(kept) == 3


def test_more_columns_than_patients_leave_fewer_columns_than_patients() -> None:
    kept = VifFilter(10).fit(np.random.default_rng(3).normal(size=(15, 30))).kept_
    assert 0 < len(kept) < 15


def test_the_column_that_decides_is_selected() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(120, 10))
    y = x[:, 7] + 0.5 * rng.normal(size=120) > 0
    selection = StabilitySelection(halves=10).fit(x, y)
    assert 7 in selection.kept_
    assert selection.frequency_[7] == pytest.approx(1)


def test_noise_leaves_at_least_one_and_at_most_the_allowed_columns() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(60, 12)), rng.random(60) < 0.3
    assert 1 <= len(StabilitySelection(halves=8, most=3).fit(x, y).kept_) <= 3
