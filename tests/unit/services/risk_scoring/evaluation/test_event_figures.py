import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from services.risk_scoring.evaluation.decision_curve import decision_curve, net_benefit
from services.risk_scoring.evaluation.event_figures import (
    Forecasts,
    accuracy_at,
    auc,
    calibration_slope,
    recall_at,
    specificity_at,
)
from services.risk_scoring.evaluation.held_out_auc import held_out_auc

RNG = np.random.default_rng(4)
EVENTS = RNG.random(90) < 0.3
PROBABILITIES = np.clip(0.3 + 0.2 * EVENTS + RNG.normal(0, 0.2, size=(3, 90)), 0.01, 0.99).round(2)
FOLDS = np.stack([RNG.permutation(np.arange(90) % 3) for _ in range(3)])


def test_the_pooled_auc_is_the_mean_of_the_repeats() -> None:
    expected = np.mean([roc_auc_score(EVENTS, p) for p in PROBABILITIES])
    assert held_out_auc(EVENTS, PROBABILITIES, None).value == pytest.approx(expected)


def test_within_folds_only_patients_of_one_model_are_compared() -> None:
    pairs, in_order = 0, 0.0
    for p, folds in zip(PROBABILITIES, FOLDS, strict=True):
        for fold in range(3):
            here = folds == fold
            count = int(EVENTS[here].sum() * (~EVENTS[here]).sum())
            pairs += count
            in_order += count * roc_auc_score(EVENTS[here], p[here])
    assert held_out_auc(EVENTS, PROBABILITIES, FOLDS).value == pytest.approx(in_order / pairs)


def test_a_level_of_its_own_in_each_fold_hurts_only_the_pooled_auc() -> None:
    shifted = PROBABILITIES + FOLDS
    assert held_out_auc(EVENTS, shifted, FOLDS).value == held_out_auc(EVENTS, PROBABILITIES, FOLDS).value
    assert held_out_auc(EVENTS, shifted, None).value < held_out_auc(EVENTS, PROBABILITIES, None).value - 0.05


def test_the_interval_holds_the_value_and_narrows_with_patients() -> None:
    few = auc(Forecasts(EVENTS, PROBABILITIES, FOLDS))
    many = auc(Forecasts(np.tile(EVENTS, 8), np.tile(PROBABILITIES, 8), np.tile(FOLDS, 8)))
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 2


def test_calls_are_counted_over_repeats() -> None:
    events = np.array([True, True, False, False])
    forecasts = Forecasts(events, np.array([[0.6, 0.4, 0.5, 0.1], [0.6, 0.6, 0.2, 0.1]]))
    assert recall_at(forecasts, 0.5).value == pytest.approx(3 / 4)
    assert specificity_at(forecasts, 0.5).value == pytest.approx(3 / 4)
    assert accuracy_at(forecasts, 0.5).value == pytest.approx(6 / 8)


def test_forecasts_twice_too_extreme_have_a_calibration_slope_of_one_half() -> None:
    rng = np.random.default_rng(0)
    log_odds = rng.normal(size=4000)
    events = rng.random(4000) < 1 / (1 + np.exp(-log_odds))
    extreme = 1 / (1 + np.exp(-2 * log_odds))
    chosen = np.ones(4000, bool)
    chosen[2000:] = False
    assert calibration_slope(Forecasts(events, extreme[None]).of(chosen)).value == pytest.approx(0.5, abs=0.07)


def test_net_benefit_by_hand() -> None:
    events = np.array([True, False, False, True])
    # At 0.2 a false alarm costs a quarter of a hit: one hit, one false alarm, of four patients.
    assert net_benefit(events, np.array([[0.3, 0.3, 0.1, 0.1]]), 0.2).mean() == pytest.approx((1 - 0.25) / 4)


def test_acting_on_all_gains_nothing_over_itself_and_perfect_forecasts_gain_everything() -> None:
    [everyone] = decision_curve(EVENTS, np.ones((1, 90)), [0.2])
    assert everyone["gain"].value == pytest.approx(0)  # type: ignore[union-attr]
    [perfect] = decision_curve(EVENTS, EVENTS[None].astype(float), [0.2])
    assert perfect["model"] == pytest.approx(EVENTS.mean())
