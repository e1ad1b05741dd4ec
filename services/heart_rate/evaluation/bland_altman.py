"""Agreement of two ways to measure the same (Bland and Altman, Lancet 1986)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.evaluation.intervals import over_persons
from shared.evaluation.estimate import Estimate

_NORMAL_95 = 1.96


@dataclass(frozen=True)
class Agreement:
    """``bias`` is the mean difference in bpm, and 95 % of differences lie between ``lower`` and ``upper``."""

    bias: Estimate
    lower: Estimate
    upper: Estimate


def agreement(differences: NDArray[np.float64], person: NDArray[np.intp], repeats: int | None = None) -> Agreement:
    """Bias and limits of agreement, bias ± 1.96 SD, of ``differences`` (N,), with intervals over persons (N,).

    Raises ValueError without differences.
    """

    def limit(of: float) -> Estimate:
        def statistic(drawn: NDArray[np.float64]) -> np.floating[Any]:
            spread = drawn.std(ddof=1) if len(drawn) > 1 else np.float64(0)
            return np.float64(drawn.mean() + of * spread)

        return over_persons(differences, person, statistic, repeats)

    return Agreement(limit(0.0), limit(-_NORMAL_95), limit(_NORMAL_95))
