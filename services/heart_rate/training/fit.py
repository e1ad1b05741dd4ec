"""The logistic confidence from examples: slopes, threshold, the scale of the bands, and the figures they reach."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from services.heart_rate.quality.confidence import COLUMNS, REASONS, SIGNS, ConfidenceModel
from services.heart_rate.training.examples import Examples

# A third of all examples lie below a feature's knot.
_KNOT_QUANTILE: Final = 1 / 3
# Of the wrong estimates at most this share is given out in the cross-fit: half of what is promised (2 %).
WRONG_GIVEN: Final = 0.01
# A band is to hold the truth this often.
_BAND: Final = 0.95
_FOLDS: Final = 5


def fitted(examples: Examples, usual: str | None) -> dict[str, Any]:
    """A model's entry for the file, fitted on ``examples``; ``usual`` is the kind whose right ones are the usual.

    The threshold comes from a cross-fit (each fifth judged by a model of the others), since a model's own examples
    flatter it.
    """
    good = examples.right & ((examples.kinds == usual) if usual else True)
    model = _model(examples, good)
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(good))
    crossed = np.empty(len(good))
    for part in range(_FOLDS):
        here = fold == part
        crossed[here] = confidences(_model(examples.chosen(~here), good[~here]), examples.chosen(here))
    threshold = threshold_of(crossed, examples.right)
    given = examples.right & (crossed >= threshold)
    band = float(np.quantile(examples.error_bpm[given] / examples.half_width[given], _BAND))
    features = {
        name: {column: _rounded(float(getattr(model, column)[at])) for column in COLUMNS}
        for at, name in enumerate(model.names)
    }
    rest = {"intercept": model.intercept, "threshold": threshold, "interval_scale": band}
    return {"features": features, **{name: _rounded(value) for name, value in rest.items()}}


def _model(examples: Examples, good: NDArray[np.bool_]) -> ConfidenceModel:
    """The penalised logistic fit on ``examples``, its slopes bound to their signs; ``good`` (N,) tell the usual."""
    names = tuple(name for name in examples.names if name in REASONS)
    columns = examples.features[:, [examples.names.index(name) for name in names]]
    mean, scale = columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-6)
    standard = (columns - mean) / scale
    knot = np.quantile(standard, _KNOT_QUANTILE, axis=0)
    parts = np.concatenate([np.maximum(standard - knot, 0), np.minimum(standard - knot, 0)], axis=1)
    signs = [SIGNS.get(name, 0) for name in names] * 2
    intercept, slopes = _logistic(parts, examples.right, signs)
    above, below = np.split(slopes, 2)
    return ConfidenceModel(
        names=names,
        mean=mean,
        scale=scale,
        knot=knot,
        above=above,
        below=below,
        usual=np.median(columns[good], axis=0),
        intercept=intercept,
        threshold=0.5,
        interval_scale=1.0,
    )


def _logistic(
    parts: NDArray[np.float64], right: NDArray[np.bool_], signs: list[int]
) -> tuple[float, NDArray[np.float64]]:
    """Intercept and slopes (K,) of least Σ log(1 + exp(−y·evidence)) + |slopes|² / 2, every slope on its side of 0."""
    side = np.where(right, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = side * (weights[0] + parts @ weights[1:])
        pull = -side / (1 + np.exp(np.clip(margin, -500, 500)))
        value = np.logaddexp(0, -margin).sum() + 0.5 * np.sum(weights[1:] ** 2)
        return float(value), np.concatenate([[pull.sum()], pull @ parts + weights[1:]])

    bounds = [(None, None), *((0.0 if sign > 0 else None, 0.0 if sign < 0 else None) for sign in signs)]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5000})
    return float(found.x[0]), np.asarray(found.x[1:])


def confidences(model: ConfidenceModel, examples: Examples) -> NDArray[np.float64]:
    """The confidence (N,) of each of ``examples``."""
    return model.confidence({name: examples.features[:, examples.names.index(name)] for name in model.names})


def threshold_of(confidence: NDArray[np.float64], right: NDArray[np.bool_], wrong_given: float = WRONG_GIVEN) -> float:
    """The lowest confidence from which on at most ``wrong_given`` of the wrong are given out; at least 0.5."""
    wrong = np.sort(confidence[~right])[::-1]
    let_through = int(wrong_given * len(wrong))
    return max(0.5, float(np.nextafter(wrong[let_through], 1.0))) if len(wrong) > let_through else 0.5


def figures(model: ConfidenceModel, examples: Examples) -> dict[str, Any]:
    """By kind and over all: how many, share right, share given out, mean error of these, wrong ones given out.

    Also how well calibrated: the mean confidence against the share right, in ten equal parts by confidence.
    """
    confidence = confidences(model, examples)
    everything = np.ones(len(confidence), np.bool_)
    kinds = dict.fromkeys(examples.kinds.tolist())
    return {
        "all": _of(model, confidence, examples, everything),
        "by_kind": {str(kind): _of(model, confidence, examples, examples.kinds == kind) for kind in kinds},
        "calibration": [
            {
                "confidence": round(float(confidence[part].mean()), 3),
                "right": round(float(examples.right[part].mean()), 3),
            }
            for part in np.array_split(np.argsort(confidence), 10)
        ],
    }


def _of(
    model: ConfidenceModel, confidence: NDArray[np.float64], examples: Examples, chosen: NDArray[np.bool_]
) -> dict[str, Any]:
    given = chosen & (confidence >= model.threshold)
    wrong = chosen & ~examples.right
    right = given & examples.right
    inside = examples.error_bpm[right] <= model.interval_scale * examples.half_width[right]
    return {
        "count": int(chosen.sum()),
        "right": round(float(examples.right[chosen].mean()), 4),
        "given": round(float(given.sum() / chosen.sum()), 4),
        "error_of_right_given_bpm": round(float(examples.error_bpm[right].mean()), 3) if right.any() else None,
        "wrong": int(wrong.sum()),
        "wrong_given": int((wrong & given).sum()),
        "band_holds": round(float(inside.mean()), 3) if len(inside) else None,
    }


def _rounded(value: float) -> float:
    """Six significant digits: what the examples support, and a file that a person can read."""
    return float(f"{value:.6g}")
