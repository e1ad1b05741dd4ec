import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from services.risk_scoring.evaluation.ordinal_figures import (
    LevelForecasts,
    add_ordinal_figures,
    kappa,
    mean_absolute_error,
    quadratic_kappa,
)
from shared.evaluation.report import EvaluationReport

RNG = np.random.default_rng(1)
LEVELS = RNG.integers(0, 7, 60)


def test_quadratic_kappa_is_that_of_scikit_learn() -> None:
    predicted = np.clip(LEVELS + RNG.integers(-2, 3, 60), 0, 6)
    expected = cohen_kappa_score(LEVELS, predicted, weights="quadratic", labels=range(7))
    assert quadratic_kappa(LEVELS, predicted) == pytest.approx(expected)


def test_certain_and_right_forecasts_have_no_error_and_full_agreement() -> None:
    certain = LevelForecasts(LEVELS, np.eye(7)[LEVELS][None])
    assert mean_absolute_error(certain).value == 0
    assert kappa(certain).value == pytest.approx(1)


def test_the_median_is_what_is_judged() -> None:
    forecast = np.array([0.1, 0.2, 0.1, 0.2, 0.2, 0.1, 0.1])  # cumulates to 0.4 at level 2, 0.6 at level 3
    forecasts = LevelForecasts(np.array([3, 5]), np.tile(forecast, (1, 2, 1)))
    np.testing.assert_array_equal(forecasts.medians, [[3, 3]])
    assert mean_absolute_error(forecasts).value == 1


def test_the_event_is_the_level_or_worse() -> None:
    event = LevelForecasts(np.array([2, 3]), np.tile([0.1, 0.2, 0.1, 0.2, 0.2, 0.1, 0.1], (1, 2, 1))).event(3)
    np.testing.assert_array_equal(event.events, [False, True])
    np.testing.assert_allclose(event.probabilities, [[0.6, 0.6]])


def test_the_report_holds_every_figure_the_issue_asks_for() -> None:
    report = EvaluationReport(model={}, data={})
    add_ordinal_figures(report, "o", LevelForecasts(LEVELS, RNG.dirichlet(np.ones(7), size=(1, 60))), 3)
    assert {"o_mae", "o_quadratic_kappa", "o_mrs_3_or_more_auc", "o_mrs_3_or_more_brier"} <= report.metrics.keys()
