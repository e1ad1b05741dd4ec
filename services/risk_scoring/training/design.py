"""Patients as a matrix: features by column, the level of the outcome by row."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.cohort.inputs import admission_inputs, follow_up_inputs
from services.risk_scoring.cohort.patients import TREATMENTS, Cohort, CohortPatient
from services.risk_scoring.errors import CohortTooSmallError
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.features import Feature
from services.risk_scoring.outcome.inputs import OutcomeInputs
from services.risk_scoring.outcome.predict import DISABLED_FROM

# Growth in units of the expansion threshold. The extra cuts beside 1 let near misses and large growths teach, too:
# 23 yes-or-no events say little.
GROWTH_CUTS = (0.5, 1.0, 2.0)
_LEAST_OF_EACH = 8


@dataclass(frozen=True)
class Task:
    """An outcome of ordered levels; the event is ``event_level`` or above. ``whole`` asks for P(every level)."""

    name: str
    levels: int
    event_level: int
    whole: bool


EXPANSION = Task("expansion", levels=len(GROWTH_CUTS) + 1, event_level=GROWTH_CUTS.index(1.0) + 1, whole=False)
OUTCOME = Task("outcome", levels=7, event_level=DISABLED_FROM, whole=True)


@dataclass(frozen=True)
class Design:
    """``x`` (N, P) with NaN where unknown, ``levels`` (N,), ``observed`` (N,): whether the label was seen, not set."""

    task: Task
    patients: tuple[str, ...]
    columns: tuple[str, ...]
    x: NDArray[np.float64]
    levels: NDArray[np.intp]
    observed: NDArray[np.bool_]

    @property
    def events(self) -> NDArray[np.bool_]:
        """Who had the event."""
        return np.asarray(self.levels >= self.task.event_level)

    def take(self, columns: Iterable[str]) -> NDArray[np.float64]:
        """The named columns of ``x``."""
        return self.x[:, [self.columns.index(name) for name in columns]]

    def rows(self, chosen: NDArray[np.bool_]) -> "Design":
        """The chosen patients alone."""
        names = tuple(np.asarray(self.patients)[chosen])
        return replace(
            self, patients=names, x=self.x[chosen], levels=self.levels[chosen], observed=self.observed[chosen]
        )


def expansion_design(cohort: Cohort, features: Sequence[Feature], definition: ExpansionDefinition) -> Design:
    """Patients with follow-up CTs. Without one in the window none was seen: counted as no expansion, not observed.

    Columns are ``features`` and the treatments. Raises CohortTooSmallError.
    """
    patients = [patient for patient in cohort.patients if patient.follow_ups]
    growths = [
        definition.greatest_growth(
            patient.exams[0].haematoma_ml, [(exam.hours_from_onset, exam.haematoma_ml) for exam in patient.follow_ups]
        )
        for patient in patients
    ]
    levels = [_growth_level(growth, definition) for growth in growths]
    return _design(EXPANSION, patients, features, levels, [growth is not None for growth in growths])


def _growth_level(growth: float | None, definition: ExpansionDefinition) -> int:
    if growth is None:
        return 0
    reached = (growth >= cut if definition.inclusive else growth > cut for cut in GROWTH_CUTS)
    return sum(reached)


def outcome_design(cohort: Cohort, features: Sequence[Feature], follow_ups: bool) -> Design:
    """Patients with an admission CT and a known mRS; follow-up CTs are seen where ``follow_ups`` says so.

    Raises CohortTooSmallError.
    """
    patients = [patient for patient in cohort.patients if patient.exams and patient.mrs_90d is not None]
    levels = [patient.mrs_90d or 0 for patient in patients]
    return _design(OUTCOME, patients, features, levels, [True] * len(levels), follow_ups)


def _design(
    task: Task,
    patients: Sequence[CohortPatient],
    features: Sequence[Feature],
    levels: Sequence[int],
    observed: Sequence[bool],
    follow_ups: bool = False,
) -> Design:
    place = np.array(levels, np.intp)
    events = int((place >= task.event_level).sum())
    if min(events, len(place) - events) < _LEAST_OF_EACH:
        raise CohortTooSmallError(
            f"{len(place)} patients with a known {task.name}, {events} with the event: at least {_LEAST_OF_EACH} with "
            "and without it are needed; add labelled patients."
        )
    rows = [
        _row((follow_up_inputs if follow_ups else admission_inputs)(patient), patient, features) for patient in patients
    ]
    columns = (*(feature.name for feature in features), *TREATMENTS)
    names = tuple(patient.patient_id for patient in patients)
    return Design(task, names, columns, np.array(rows), place, np.array(observed))


def _row(inputs: OutcomeInputs, patient: CohortPatient, features: Sequence[Feature]) -> list[float]:
    values: list[float | bool | None] = [feature.compute(inputs) for feature in features]
    values += [patient.treatments[name] for name in TREATMENTS]
    return [math.nan if value is None else float(value) for value in values]
