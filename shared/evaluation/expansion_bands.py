"""Predicted against seen expansion, in bands of the predicted probability: what the model promised, and what came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from shared.evaluation.estimate import Estimate
from shared.evaluation.proportions import wilson

# About a quarter of haematomas expand, and few predictions exceed one half: finer below, where the patients are.
EDGES: Final = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)


@dataclass(frozen=True)
class Verdict:
    """One patient's prediction, and whether the haematoma expanded; None where the outlines do not tell."""

    predicted: float
    expanded: bool | None


@dataclass(frozen=True)
class Band:
    """``count`` predictions of at least ``low`` and under ``high``: their mean, and the share that came true.

    ``uncertain`` more could not be judged and are in none of the figures.
    """

    low: float
    high: float
    count: int
    uncertain: int
    predicted_mean: float | None
    seen: Estimate

    @property
    def name(self) -> str:
        """The band as a label."""
        return f"{self.low:.1f}-{self.high:.1f}"


def bands(verdicts: Iterable[Verdict], edges: Sequence[float] = EDGES) -> list[Band]:
    """``verdicts`` by band; the last one holds 1 too."""
    known = list(verdicts)
    return [_band(known, low, high, last=high == edges[-1]) for low, high in pairwise(edges)]


def overall(verdicts: Iterable[Verdict]) -> Band:
    """All of them as one band."""
    return _band(list(verdicts), 0.0, 1.0, last=True)


def brier(verdicts: Iterable[Verdict]) -> float | None:
    """Mean squared error of the predictions that could be judged; None where there is none."""
    errors = [(v.predicted - v.expanded) ** 2 for v in verdicts if v.expanded is not None]
    return sum(errors) / len(errors) if errors else None


def _band(verdicts: list[Verdict], low: float, high: float, *, last: bool) -> Band:
    inside = [v for v in verdicts if low <= v.predicted < high or (last and v.predicted == high)]
    judged = [v for v in inside if v.expanded is not None]
    return Band(
        low=low,
        high=high,
        count=len(judged),
        uncertain=len(inside) - len(judged),
        predicted_mean=sum(v.predicted for v in judged) / len(judged) if judged else None,
        seen=wilson(sum(bool(v.expanded) for v in judged), len(judged)),
    )
