"""The logistic confidence from examples: weights, threshold, the scale of the bands, and the figures they reach."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from services.heart_rate.quality.confidence import REASONS, ConfidenceModel
from services.heart_rate.training.examples import Examples

# A third of all examples lie below a feature's cap: there it may weigh more, or less.
_CAP_QUANTILE: Final = 1 / 3
# Of the wrong estimates at most this share is given out on the examples of the fit: half of what is promised (2 %).
WRONG_GIVEN: Final = 0.01
# A band is to hold the truth this often.
_BAND: Final = 0.95


def fitted(examples: Examples, usual: str | None) -> dict[str, Any]:
    """A model's entry for the file, fitted on ``examples``; ``usual`` is the kind whose right ones are the usual."""
    names = [name for name in examples.names if name in REASONS]
    columns = examples.features[:, [examples.names.index(name) for name in names]]
    mean, scale = columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-6)
    standard = (columns - mean) / scale
    cap = np.quantile(standard, _CAP_QUANTILE, axis=0)
    logistic = LogisticRegression(C=1.0, max_iter=10_000)
    logistic.fit(np.concatenate([standard, np.minimum(standard, cap)], axis=1), examples.right)
    weight, below = np.split(logistic.coef_[0], 2)
    good = examples.right & ((examples.kinds == usual) if usual else True)
    model = ConfidenceModel(
        tuple(names),
        mean,
        scale,
        weight,
        cap,
        below,
        np.median(columns[good], axis=0),
        float(logistic.intercept_[0]),
        0.5,
        1.0,
    )
    confidence = confidences(model, examples)
    threshold = threshold_of(confidence, examples.right)
    given = examples.right & (confidence >= threshold)
    band = float(np.quantile(examples.error_bpm[given] / examples.half_width[given], _BAND))
    columns_by_name = {
        name: {
            "mean": mean[at], "scale": scale[at], "weight": weight[at], "cap": cap[at], "weight_below": below[at],
            "usual": model.usual[at],
        }
        for at, name in enumerate(names)
    }  # fmt: skip
    entry = {"features": columns_by_name, "intercept": model.intercept, "threshold": threshold, "interval_scale": band}
    return {key: _rounded(value) for key, value in entry.items()}


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
    parts = np.array_split(np.argsort(confidence), 10)
    return {
        "all": _of(model, confidence, examples, np.ones(len(confidence), np.bool_)),
        "by_kind": {
            str(kind): _of(model, confidence, examples, examples.kinds == kind)
            for kind in dict.fromkeys(examples.kinds.tolist())
        },
        "calibration": [
            {
                "confidence": round(float(confidence[part].mean()), 3),
                "right": round(float(examples.right[part].mean()), 3),
            }
            for part in parts
        ],
    }


def _of(
    model: ConfidenceModel, confidence: NDArray[np.float64], examples: Examples, chosen: NDArray[np.bool_]
) -> dict[str, Any]:
    given = chosen & (confidence >= model.threshold)
    wrong = chosen & ~examples.right
    right = given & examples.right
    inside = examples.error_bpm[given] <= model.interval_scale * examples.half_width[given]
    return {
        "count": int(chosen.sum()),
        "right": round(float(examples.right[chosen].mean()), 4),
        "given": round(float(given.sum() / chosen.sum()), 4),
        "error_of_right_given_bpm": round(float(examples.error_bpm[right].mean()), 3) if right.any() else None,
        "wrong": int(wrong.sum()),
        "wrong_given": int((wrong & given).sum()),
        "band_holds": round(float(inside.mean()), 3) if len(inside) else None,
    }


def _rounded(entry: Any) -> Any:
    """Six significant digits: what the examples support, and a file that a person can read."""
    if isinstance(entry, dict):
        return {key: _rounded(value) for key, value in entry.items()}
    return float(f"{entry:.6g}")
