"""The AUC of repeated cross-validation, and how far it would move with other patients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.bootstrap import Estimate, bootstrap


@dataclass(frozen=True)
class PairOrder:
    """Every (event, no event) pair of patients: how often they were compared, and how often put in order.

    The AUC is the share of compared pairs in order, ties counting half. A resample of patients weighs pairs by how
    often both were drawn, so that its AUC needs no second look at the predictions.
    """

    events: NDArray[np.intp]
    others: NDArray[np.intp]
    compared: NDArray[np.float64]
    in_order: NDArray[np.float64]

    def auc(self, chosen: NDArray[np.intp]) -> float:
        """The AUC of the patients at ``chosen``, some repeated; NaN without a pair."""
        counts = np.bincount(chosen, minlength=len(self.events) + len(self.others))
        events, others = counts[self.events], counts[self.others]
        total = events @ self.compared @ others
        return float(events @ self.in_order @ others / total) if total else float("nan")


def pair_order(
    events: NDArray[np.bool_], probabilities: NDArray[np.float64], folds: NDArray[np.intp] | None
) -> PairOrder:
    """Compare ``probabilities`` (repeats, N) of patients in the same of ``folds`` (repeats, N), or of all with None.

    Each fold has a model of its own. Comparing only within folds judges one model at a time; pooling folds also
    punishes that their models differ in level.
    """
    yes, no = np.flatnonzero(events), np.flatnonzero(~events)
    high, low = probabilities[:, yes, None], probabilities[:, None, no]
    together = np.ones((len(probabilities), len(yes), len(no)))
    if folds is not None:
        together = (folds[:, yes, None] == folds[:, None, no]).astype(np.float64)
    order = (high > low) + 0.5 * (high == low)
    return PairOrder(yes, no, together.sum(axis=0), (together * order).sum(axis=0))


def held_out_auc(
    events: NDArray[np.bool_], probabilities: NDArray[np.float64], folds: NDArray[np.intp] | None
) -> Estimate:
    """The AUC as `pair_order` compares, with its bootstrap interval over patients."""
    return bootstrap(pair_order(events, probabilities, folds).auc, len(events))
