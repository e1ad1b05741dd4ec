"""Leave-one-patient-out predictions of the mixed model, under two rules of what is known of the patient.

``admission``: the covariates and the admission exam, for every later exam. ``sequential``: for each exam the covariates
and all exams before it. The weights rest on the other patients; the hyperparameters and scales on the patients outside
the left-out one's fold of twenty, since a hundred searches would say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.oedema_course.card import Variant
from services.risk_scoring.oedema_course.mixed_model import Gaussian
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.fitting import Fitted, fit
from services.risk_scoring.oedema_course.volumes import cube_root, mean_ml, quantile_ml

Array = NDArray[np.float64]
Protocol = Literal["admission", "sequential"]
PROTOCOLS: tuple[Protocol, ...] = ("admission", "sequential")
FOLDS = 20


@dataclass(frozen=True)
class HeldOut:
    """What was expected of the cube root of each follow-up, in the order of ExamTable.follow_ups."""

    mean: Array
    deviation: Array

    @property
    def mean_ml(self) -> Array:
        """Expected volumes."""
        return mean_ml(self.mean, self.deviation)

    @property
    def median_ml(self) -> Array:
        """Median volumes."""
        return quantile_ml(self.mean, self.deviation, 0.5)

    def covered(self, volume_ml: Array, level: float) -> Array:
        """1 where the volume lies in the central band of probability ``level``."""
        low = quantile_ml(self.mean, self.deviation, 0.5 - level / 2)
        high = quantile_ml(self.mean, self.deviation, 0.5 + level / 2)
        return np.asarray((volume_ml >= low) & (volume_ml <= high), np.float64)


def folds_of(patients: int, seed: int) -> NDArray[np.intp]:
    """The fold of each patient; it depends on their number alone."""
    return np.random.default_rng(seed).permutation(patients) % FOLDS


def fit_folds(
    table: ExamTable, variant: Variant, seed: int, progress: Callable[[], object] | None = None
) -> list[Fitted]:
    """One fit per fold, learned from the patients outside it; ``progress`` is called after each."""
    folds = folds_of(len(table.patients), seed)
    fitted = []
    for fold in range(FOLDS):
        fitted.append(fit(table, variant, folds != fold))
        if progress:
            progress()
    return fitted


def predict_held_out(table: ExamTable, fitted: list[Fitted], seed: int) -> dict[Protocol, HeldOut]:
    """Every follow-up under both rules."""
    folds = folds_of(len(table.patients), seed)
    roots = cube_root(table.oedema_ml)
    expected: dict[Protocol, list[Gaussian]] = {protocol: [] for protocol in PROTOCOLS}
    for patient in range(len(table.patients)):
        outside = fitted[folds[patient]]
        shared, x = outside.shared(without=patient), outside.covariates[patient]
        own = table.of(patient)
        first, later = own[:1], own[1:]
        expected["admission"].append(shared.expect(x, table.hours[first], roots[first], table.hours[later]))
        for place in range(1, len(own)):
            known, asked = own[:place], own[place : place + 1]
            expected["sequential"].append(shared.expect(x, table.hours[known], roots[known], table.hours[asked]))
    return {
        protocol: HeldOut(
            np.concatenate([one.mean for one in parts]), np.concatenate([one.deviations for one in parts])
        )
        for protocol, parts in expected.items()
    }
