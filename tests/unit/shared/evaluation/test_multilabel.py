import math

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from shared.evaluation.multilabel import auc_per_class, weighted_log_loss

RNG = np.random.default_rng(8)
LABELS = RNG.random((200, 3)) > 0.6
PROBABILITIES = RNG.random((200, 3))


def test_any_counts_double() -> None:
    # One case, forecast right with 0.5, 0.8, 0.9: (2 ln 2 + ln 1.25 + ln (10 / 9)) / 4.
    loss = weighted_log_loss(np.array([[True, True, False]]), np.array([[0.5, 0.8, 0.1]]), (2, 1, 1))
    assert loss == pytest.approx((2 * math.log(2) + math.log(1.25) + math.log(10 / 9)) / 4)


def test_the_loss_is_the_weighted_mean_of_those_of_scikit_learn() -> None:
    columns = [log_loss(LABELS[:, i], PROBABILITIES[:, i]) for i in range(3)]
    assert weighted_log_loss(LABELS, PROBABILITIES, (2, 1, 1)) == pytest.approx((2 * columns[0] + sum(columns[1:])) / 4)


def test_a_certain_error_costs_much_but_not_everything() -> None:
    loss = weighted_log_loss(np.array([[True]]), np.array([[0.0]]), (1,))
    assert loss == pytest.approx(15 * math.log(10))
    assert math.isnan(weighted_log_loss(np.empty((0, 1), bool), np.empty((0, 1)), (1,)))


def test_each_class_has_its_own_auc() -> None:
    found = auc_per_class(LABELS, PROBABILITIES, ["any", "IPH", "SDH"])
    for i, value in enumerate(found.values()):
        assert value == pytest.approx(roc_auc_score(LABELS[:, i], PROBABILITIES[:, i]))
    assert math.isnan(auc_per_class(np.ones((3, 1), bool), np.ones((3, 1)), ["any"])["any"])
