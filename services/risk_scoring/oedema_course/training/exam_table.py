"""The paper's Table 2: exam times and volumes of every patient, as arrays, with what was known at admission."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.cohort.patients import TREATMENTS, Cohort, CohortPatient
from services.risk_scoring.errors import CohortTooSmallError
from services.risk_scoring.oedema_course.card import COVARIATES, Variant, as_entered
from services.risk_scoring.oedema_course.inputs import covariates_of
from services.risk_scoring.oedema_course.mixed_model import KNOTS_H

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

# The folds need patients to learn from; fewer than this give no figure worth printing.
_LEAST_PATIENTS = 20
_COLUMNS = COVARIATES["location"]


@dataclass(frozen=True)
class ExamTable:
    """n exams of P patients, by patient and by time.

    ``patient`` (n,) says whose an exam is, ``number`` (n,) which of theirs, 0 the admission's. ``covariates`` (P, 9)
    are those of COVARIATES["location"], the haematoma as cube root; ``treatments`` (P, 7) are 0, 1 or NaN.
    ``left_out`` says of patients of the cohort who are not here why.
    """

    patients: tuple[str, ...]
    patient: Rows
    number: Rows
    hours: Array
    oedema_ml: Array
    haematoma_ml: Array
    covariates: Array
    treatments: Array
    left_out: dict[str, str]

    @property
    def follow_ups(self) -> Rows:
        """Rows of the exams after the admission's: those that are predicted."""
        return np.flatnonzero(self.number > 0)

    @property
    def first(self) -> Rows:
        """Rows of the admission exams, (P,)."""
        return np.flatnonzero(self.number == 0)

    def of(self, patient: int) -> Rows:
        """Rows of one patient, by time."""
        return np.flatnonzero(self.patient == patient)

    def covariates_for(self, variant: Variant) -> Array:
        """The columns that a variant reads, (P, C)."""
        return np.asarray(self.covariates[:, [_COLUMNS.index(name) for name in COVARIATES[variant]]])


def exam_table(cohort: Cohort) -> ExamTable:
    """Patients with follow-ups and all covariates known.

    Raises CohortTooSmallError with fewer than 20 of them.
    """
    reasons = {patient.patient_id: _unusable(patient) for patient in cohort.patients}
    used = [patient for patient in cohort.patients if not reasons[patient.patient_id]]
    if len(used) < _LEAST_PATIENTS:
        raise CohortTooSmallError(
            f"Only {len(used)} patients have an admission exam, follow-ups and covariates; "
            f"a course needs {_LEAST_PATIENTS}: name a cohort with follow-ups."
        )
    exams = [(place, number, exam) for place, patient in enumerate(used) for number, exam in enumerate(patient.exams)]
    values = [_covariates(patient) for patient in used]
    return ExamTable(
        patients=tuple(patient.patient_id for patient in used),
        patient=np.array([place for place, _, _ in exams]),
        number=np.array([number for _, number, _ in exams]),
        hours=np.array([exam.hours_from_onset for _, _, exam in exams]),
        oedema_ml=np.array([exam.oedema_ml for _, _, exam in exams]),
        haematoma_ml=np.array([exam.haematoma_ml for _, _, exam in exams]),
        covariates=as_entered(list(_COLUMNS), np.array([[row[name] for name in _COLUMNS] for row in values], float)),
        treatments=np.array([[_number(patient.treatments[name]) for name in TREATMENTS] for patient in used]),
        left_out={name: reason for name, reason in reasons.items() if reason},
    )


def _unusable(patient: CohortPatient) -> str:
    """Why a patient cannot be used; empty where they can."""
    if not patient.follow_ups:
        return "no follow-up exam"
    hours = [exam.hours_from_onset for exam in patient.exams]
    if hours[0] <= 0 or hours[-1] > KNOTS_H[-1] * 1.01 or _repeats(hours):
        return f"exams at one time, or outside 0 to {KNOTS_H[-1]:g} h"
    lacking = [name for name, value in _covariates(patient).items() if value is None]
    return f"unknown: {', '.join(lacking)}" if lacking else ""


def _repeats(hours: Sequence[float]) -> bool:
    return any(later <= earlier for earlier, later in pairwise(hours))


def _covariates(patient: CohortPatient) -> dict[str, float | None]:
    return covariates_of(patient.admission, patient.exams[0].haematoma_territories)


def _number(value: bool | None) -> float:
    return np.nan if value is None else float(value)
