"""Whether probabilities mean what they say: recalibration slope and intercept, reliability table, calibration error."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.bootstrap import Estimate
from shared.evaluation.proportions import wilson

Equal = Literal["mass", "width"]

# Networks answer in float32, whose sigmoid reaches 0 and 1: its resolution bounds the log odds at about 16.
_RESOLUTION = 1e-7
_MAX_STEPS = 100
_NEVER_SINGULAR = 1e-12


@dataclass(frozen=True)
class Recalibration:
    """logit P(y = 1) = ``intercept`` + ``slope`` x logit p.

    A slope under 1 tells of forecasts that are too extreme, over 1 of too timid ones; 1 and 0 are perfect.
    """

    slope: float
    intercept: float


@dataclass(frozen=True)
class ReliabilityBin:
    """``count`` cases of similar forecast: their ``mean_probability`` and the ``observed`` share (Wilson interval)."""

    count: int
    mean_probability: float
    observed: Estimate


def recalibrate(labels: NDArray[np.bool_], probabilities: NDArray[np.floating]) -> Recalibration:
    """Slope and intercept of the logistic regression of ``labels`` on the log odds of ``probabilities`` (Cox 1958).

    NaN where none is finite: one class, one probability for all, or classes that a cut separates without an error.
    """
    log_odds = _log_odds(probabilities)
    if _separated(labels, log_odds):
        return Recalibration(math.nan, math.nan)
    intercept, slope = _fit(np.stack([np.ones_like(log_odds), log_odds], axis=1), labels, np.zeros_like(log_odds))
    return Recalibration(float(slope), float(intercept))


def calibration_in_the_large(labels: NDArray[np.bool_], probabilities: NDArray[np.floating]) -> float:
    """The intercept with the slope held at 1: over 0 the forecasts are too low on the whole; NaN of one class."""
    if labels.all() or not labels.any():
        return math.nan
    log_odds = _log_odds(probabilities)
    return float(_fit(np.ones((len(labels), 1)), labels, log_odds)[0])


def reliability_table(
    labels: NDArray[np.bool_], probabilities: NDArray[np.floating], bins: int = 10, equal: Equal = "mass"
) -> list[ReliabilityBin]:
    """Cases in up to ``bins`` bins of equal mass or width, by rising probability; equal probabilities share a bin.

    Most cases of a rare finding have a forecast near 0. Bins of equal mass weigh every case alike, so errors are
    computed by them; bins of equal width show what lies between, so pictures are drawn by them.
    """
    if not len(labels):
        return []
    place = _equal_mass(probabilities, bins) if equal == "mass" else _equal_width(probabilities, bins)
    return [
        ReliabilityBin(
            count=int(chosen.sum()),
            mean_probability=float(probabilities[chosen].mean(dtype=np.float64)),
            observed=wilson(int(labels[chosen].sum()), int(chosen.sum())),
        )
        for chosen in (place == index for index in np.unique(place))
    ]


def expected_calibration_error(labels: NDArray[np.bool_], probabilities: NDArray[np.floating], bins: int = 10) -> float:
    """Mean over cases of |mean probability - observed share| of their bin of equal mass (Nguyen & O'Connor 2015)."""
    if not len(labels):
        return math.nan
    place = _equal_mass(probabilities, bins)
    gaps = np.bincount(place, probabilities.astype(np.float64) - labels, minlength=bins)  # per bin, times its count
    return float(np.abs(gaps).sum() / len(labels))


def _equal_mass(probabilities: NDArray[np.floating], bins: int) -> NDArray[np.intp]:
    """The bin of each case, 0..bins-1, by quantiles; with ties some bins stay empty."""
    edges = np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:-1])
    return np.asarray(np.searchsorted(edges, probabilities), np.intp)


def _equal_width(probabilities: NDArray[np.floating], bins: int) -> NDArray[np.intp]:
    return np.asarray(np.clip((probabilities * bins).astype(np.intp), 0, bins - 1))


def _log_odds(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    bounded = np.clip(probabilities.astype(np.float64), _RESOLUTION, 1 - _RESOLUTION)
    return np.asarray(np.log(bounded) - np.log1p(-bounded), np.float64)


def _separated(labels: NDArray[np.bool_], log_odds: NDArray[np.float64]) -> bool:
    """Whether the likelihood has no finite maximum: the classes do not overlap, or do so in one value alone."""
    if labels.all() or not labels.any():
        return True
    yes, no = log_odds[labels], log_odds[~labels]
    return bool(yes.min() >= no.max() or no.min() >= yes.max())


def _fit(design: NDArray[np.float64], labels: NDArray[np.bool_], offset: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression by Newton's method, halving steps that would raise the loss: weights (columns of design,)."""
    weights = np.zeros(design.shape[1])
    loss = _loss(design @ weights + offset, labels)
    for _ in range(_MAX_STEPS):
        forecast = 1 / (1 + np.exp(-(design @ weights + offset)))
        gradient = design.T @ (labels - forecast)
        curvature = design.T @ (design * (forecast * (1 - forecast))[:, None])
        step = np.linalg.solve(curvature + _NEVER_SINGULAR * np.eye(len(weights)), gradient)
        while (next_loss := _loss(design @ (weights + step) + offset, labels)) > loss and np.abs(step).max() > 1e-10:
            step /= 2
        weights, loss = weights + step, next_loss
        if np.abs(step).max() <= 1e-9:
            break
    return np.asarray(weights, np.float64)


def _loss(logits: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0, np.where(labels, -logits, logits)).sum())
