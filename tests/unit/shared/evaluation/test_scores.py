import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from shared.evaluation.scores import brier, roc_auc, share

RNG = np.random.default_rng(2)
LABELS = RNG.random(300) > 0.7


@pytest.mark.parametrize("digits", [1, 8])
def test_auc_agrees_with_scikit_learn_with_and_without_ties(digits: int) -> None:
    scores = np.round(RNG.random(300) + 0.3 * LABELS, digits)
    assert roc_auc(LABELS, scores) == pytest.approx(roc_auc_score(LABELS, scores))


def test_auc_of_one_class_is_undefined() -> None:
    assert math.isnan(roc_auc(np.ones(5, bool), np.arange(5.0)))


def test_brier_agrees_with_scikit_learn() -> None:
    scores = RNG.random(300)
    assert brier(LABELS, scores) == pytest.approx(brier_score_loss(LABELS, scores))


def test_a_share_of_nothing_is_undefined() -> None:
    assert share(1, 4) == 0.25
    assert math.isnan(share(0, 0))
