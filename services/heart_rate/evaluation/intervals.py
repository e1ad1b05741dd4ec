"""Intervals over persons: the person is what is drawn again, with all recordings of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.bootstrap import bootstrap
from shared.evaluation.estimate import Estimate


def over_persons(
    values: NDArray[np.float64],
    person: NDArray[np.intp],
    statistic: Callable[[NDArray[np.float64]], np.floating[Any]],
    repeats: int | None = None,
) -> Estimate:
    """``statistic`` of ``values`` (N,), with a 95 % interval over whole persons, whom ``person`` (N,) numbers.

    Raises ValueError without values.
    """
    of_person = [values[person == unit] for unit in np.unique(person)]

    def of_drawn(drawn: NDArray[np.intp]) -> float:
        return float(statistic(np.concatenate([of_person[unit] for unit in drawn])))

    return bootstrap(of_drawn, len(of_person), repeats)


def numbered(persons: list[str]) -> NDArray[np.intp]:
    """A number for every name (N,), the same for the same."""
    return np.unique(persons, return_inverse=True)[1]
