"""One calibrated confidence from all features, and the reason when it is too low."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.quality.reasons import Reason

COEFFICIENTS_FILE: Final = Path(__file__).with_name("confidence.json")

# Which features speak for which reason.
REASONS: Final[Mapping[str, Reason]] = {
    "snr_db": Reason.WEAK_PULSE,
    "prominence": Reason.WEAK_PULSE,
    "coherence": Reason.REGIONS_DISAGREE,
    "region_agreement": Reason.REGIONS_DISAGREE,
    "method_agreement": Reason.METHODS_DISAGREE,
    "signature": Reason.WEAK_PULSE,
    "periodicity": Reason.WEAK_PULSE,
    "certainty": Reason.UNSTABLE_RATE,
    "steadiness": Reason.UNSTABLE_RATE,
    "motion": Reason.MOTION,
    "motion_at_rate": Reason.MOTION,
    "light": Reason.ILLUMINATION,
    "light_at_rate": Reason.ILLUMINATION,
    "lost_bits": Reason.COMPRESSION,
    "lost_frames": Reason.FRAME_TIMING,
    "uneven_timing": Reason.FRAME_TIMING,
    "regions_seen": Reason.FACE_LOST,
}


@dataclass(frozen=True)
class ConfidenceModel:
    """A logistic model: confidence = 1 / (1 + exp(−(intercept + Σ wᵢ (xᵢ − mᵢ) / sᵢ))).

    ``usual`` are the features of good recordings, against which a reason is told. ``threshold`` is the confidence from
    which on a number is given out; ``interval_scale`` by how much the posterior's spread is multiplied so that 95 of
    100 given bands hold the truth.
    """

    names: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercept: float
    usual: NDArray[np.float64]
    threshold: float
    interval_scale: float

    def confidence(self, features: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """The probability (W,) that a rate with ``features``, (W,) each, lies within 5 bpm of the truth."""
        return np.asarray(1 / (1 + np.exp(-np.clip(self.evidence(features), -30, 30))))

    def evidence(self, features: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """The logarithm (W,) of the odds. A mean of features has the mean of the evidence, the model being linear."""
        stacked = np.stack([features[name] for name in self.names], axis=-1)
        return np.asarray(self.intercept + ((stacked - self.mean) / self.scale) @ self.weights)

    def reason(self, features: Mapping[str, float]) -> Reason:
        """Which reason takes most of the evidence, against the features of good recordings."""
        taken: dict[Reason, float] = {}
        for name, weight, scale, usual in zip(self.names, self.weights, self.scale, self.usual, strict=True):
            loss = float(weight * (usual - features[name]) / scale)
            taken[REASONS[name]] = taken.get(REASONS[name], 0.0) + loss
        return max(taken, key=lambda reason: taken[reason])


@cache
def confidence_model(kind: str = "video") -> ConfidenceModel:
    """The committed model of ``kind``: ``video`` for colour traces, ``wave`` for a pulse wave."""
    return model_of(json.loads(COEFFICIENTS_FILE.read_text())[kind])


def model_of(stored: Mapping[str, Any]) -> ConfidenceModel:
    """A model from its entry in the file: ``features`` holds one object by name, to show what each weighs."""
    features = stored["features"]
    columns = {
        key: np.array([feature[key] for feature in features.values()]) for key in ("mean", "scale", "weight", "usual")
    }
    return ConfidenceModel(
        tuple(features), columns["mean"], columns["scale"], columns["weight"], stored["intercept"], columns["usual"],
        stored["threshold"], stored["interval_scale"],
    )  # fmt: skip
