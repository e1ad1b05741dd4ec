"""One calibrated confidence from all features, and the reason when it is too low."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.contracts.heart_rate import Reason

COEFFICIENTS_FILE: Final = Path(__file__).with_name("confidence.json")

# Which features speak for which reason.
REASONS: Final[Mapping[str, Reason]] = {
    "snr_db": Reason.WEAK_PULSE,
    "prominence": Reason.WEAK_PULSE,
    "coherence": Reason.REGIONS_DISAGREE,
    "region_agreement": Reason.REGIONS_DISAGREE,
    "method_agreement": Reason.METHODS_DISAGREE,
    "colour_agreement": Reason.REGIONS_DISAGREE,
    "signature": Reason.WEAK_PULSE,
    "pulsation": Reason.WEAK_PULSE,
    "periodicity": Reason.WEAK_PULSE,
    "half_line": Reason.MOTION,
    "certainty": Reason.UNSTABLE_RATE,
    "steadiness": Reason.UNSTABLE_RATE,
    "motion": Reason.MOTION,
    "motion_at_rate": Reason.MOTION,
    "motion_line_db": Reason.MOTION,
    "light": Reason.ILLUMINATION,
    "light_at_rate": Reason.ILLUMINATION,
    "light_line_db": Reason.ILLUMINATION,
    "lost_bits": Reason.COMPRESSION,
    "lost_frames": Reason.FRAME_TIMING,
    "uneven_timing": Reason.FRAME_TIMING,
    "regions_seen": Reason.FACE_LOST,
}

# Which way a feature can only speak, whatever the examples say by chance: 1 for, −1 against. The others are free: an
# amplitude can be too small and too large, and all motion is read beside the motion at the rate.
SIGNS: Final[Mapping[str, int]] = {
    "snr_db": 1,
    "prominence": 1,
    "coherence": 1,
    "colour_agreement": 1,
    "region_agreement": 1,
    "method_agreement": 1,
    "signature": 1,
    "periodicity": 1,
    "certainty": 1,
    "steadiness": 1,
    "regions_seen": 1,
    "half_line": -1,
    "motion_at_rate": -1,
    "light_at_rate": -1,
    "motion_line_db": -1,
    "light_line_db": -1,
    "lost_bits": -1,
    "lost_frames": -1,
    "uneven_timing": -1,
}
# What nothing else makes up for: above the first number, the confidence is at most the second. With more than a fifth
# of the rate's line left at its half, where something was taken off, 18 of 42 generated estimates were right, and most
# of the others doubled: the harmonic of a pulse has its colour and is as clear.
CEILINGS: Final[Mapping[str, tuple[float, float]]] = {"half_line": (float(np.log(0.2)), 0.43)}
# What these say is true of every failure; why it failed is another matter.
SYMPTOMS: Final = frozenset({Reason.WEAK_PULSE, Reason.REGIONS_DISAGREE, Reason.METHODS_DISAGREE, Reason.UNSTABLE_RATE})
# Of the logarithm of the odds: a factor of two.
_CLEAR_LOSS: Final = float(np.log(2))


@dataclass(frozen=True)
class ConfidenceModel:
    """A logistic model: confidence = 1 / (1 + exp(−(intercept + Σ aᵢ max(zᵢ − kᵢ, 0) + bᵢ min(zᵢ − kᵢ, 0)))).

    z = (x − mean) / scale. Each feature has one slope ``above`` its ``knot`` and one ``below`` it: a doubling of a weak
    pulse tells more than one of a strong.
    ``CEILINGS`` bound it. ``usual`` are the features of good recordings, against which a reason is told. ``threshold``
    is the confidence from which on a number is given out; ``interval_scale`` by how much the posterior's spread is
    multiplied so that 95 of 100 given bands hold the truth.
    """

    names: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    knot: NDArray[np.float64]
    above: NDArray[np.float64]
    below: NDArray[np.float64]
    usual: NDArray[np.float64]
    intercept: float
    threshold: float
    interval_scale: float

    def confidence(self, features: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """The probability (W,) that a rate with ``features``, (W,) each, lies within 5 bpm of the truth."""
        stacked = np.stack([features[name] for name in self.names], axis=-1)
        evidence = self.intercept + self._parts(stacked).sum(axis=-1)
        confidence = 1 / (1 + np.exp(-np.clip(evidence, -30, 30)))
        for name in CEILINGS.keys() & set(self.names):
            limit, most = CEILINGS[name]
            confidence = np.where(features[name] > limit, np.minimum(confidence, most), confidence)
        return np.asarray(confidence)

    def reason(self, features: Mapping[str, float]) -> Reason:
        """Which reason takes most of the evidence, against the features of good recordings.

        A cause that a person can do something about comes before a symptom, if it halves the odds or worse.
        """
        lost = self._parts(self.usual) - self._parts(np.array([features[name] for name in self.names]))
        taken: dict[Reason, float] = {}
        for name, loss in zip(self.names, lost.tolist(), strict=True):
            taken[REASONS[name]] = taken.get(REASONS[name], 0.0) + loss
        causes = {reason: loss for reason, loss in taken.items() if reason not in SYMPTOMS and loss >= _CLEAR_LOSS}
        chosen = causes or taken
        return max(chosen, key=lambda reason: chosen[reason])

    def _parts(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each of ``features`` (..., K) adds to the logarithm of the odds."""
        beyond = (features - self.mean) / self.scale - self.knot
        return np.asarray(self.above * np.maximum(beyond, 0) + self.below * np.minimum(beyond, 0))


# The columns of a feature's entry in the file.
COLUMNS: Final = ("mean", "scale", "knot", "above", "below", "usual")


@cache
def confidence_model(kind: str) -> ConfidenceModel:
    """The committed model of ``kind``: ``video`` for colour traces, ``wave`` for a pulse wave."""
    return model_of(json.loads(COEFFICIENTS_FILE.read_text(encoding="utf-8"))[kind])


def model_of(stored: Mapping[str, Any]) -> ConfidenceModel:
    """A model from its entry in the file: ``features`` holds one object by name, to show what each weighs."""
    features = stored["features"]
    columns = {column: np.array([entry[column] for entry in features.values()]) for column in COLUMNS}
    return ConfidenceModel(
        names=tuple(features),
        **columns,
        intercept=float(stored["intercept"]),
        threshold=float(stored["threshold"]),
        interval_scale=float(stored["interval_scale"]),
    )
