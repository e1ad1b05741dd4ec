"""The volumes of oedema to expect at later hours, with the bands in which measured ones should lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.errors import FieldProblem, RiskInputError
from services.risk_scoring.inputs import read_inputs
from services.risk_scoring.oedema_course.card import COVARIATES, CourseCard, CourseModel, load_course_model
from services.risk_scoring.oedema_course.inputs import CourseCovariates, CourseRequest, KnownExam
from services.risk_scoring.oedema_course.volumes import cube_root, mean_ml, quantile_ml

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """Volumes in mL between which a measured one lies with the band's probability, each (n,)."""

    low_ml: Array
    high_ml: Array


@dataclass(frozen=True)
class CoursePrediction:
    """Volumes in mL at each of ``hours``, (n,). ``not_used`` covariates were unknown to the richer models."""

    hours: Array
    mean_ml: Array
    median_ml: Array
    band_80: Band
    band_95: Band
    not_used: tuple[str, ...]
    model: str
    version: str


def predict_course(
    exams_made: Sequence[KnownExam | Mapping[str, Any]],
    covariates: CourseCovariates | Mapping[str, Any],
    hours: Sequence[float],
    models: Sequence[CourseModel] | None = None,
) -> CoursePrediction:
    """Volumes at ``hours`` given the exams made so far; by the first of ``models`` that ``covariates`` allow.

    ``models`` are those shipped, the richest first, unless others are given.

    Raises RiskInputError, naming each field: an impossible value, exams out of order, hours beyond the model's 4800,
    or a covariate unknown that the last of ``models`` must have.
    """
    request = read_inputs(
        CourseRequest, {"exams": list(exams_made), "covariates": covariates, "hours": list(map(float, hours))}
    )
    model, values = _answering(request.covariates, models if models is not None else shipped())
    at = np.array(request.hours)
    known_h = np.array([exam.hours_from_onset for exam in request.exams])
    known = cube_root([exam.oedema_ml for exam in request.exams])
    expected = model.card.shared.expect(values, known_h, known, at)
    mean, deviation = expected.mean, expected.deviations
    return CoursePrediction(
        hours=at,
        mean_ml=mean_ml(mean, deviation),
        median_ml=quantile_ml(mean, deviation, 0.5),
        band_80=Band(quantile_ml(mean, deviation, 0.1), quantile_ml(mean, deviation, 0.9)),
        band_95=Band(quantile_ml(mean, deviation, 0.025), quantile_ml(mean, deviation, 0.975)),
        not_used=tuple(name for name in COVARIATES["location"] if name not in _names(model.card)),
        model=model.manifest.name,
        version=model.manifest.version,
    )


def _answering(covariates: CourseCovariates, models: Sequence[CourseModel]) -> tuple[CourseModel, Array]:
    """The model that answers, with the covariates as it sees them."""
    values = covariates.model_dump()
    for candidate in models:
        seen = candidate.card.standardised(values)
        if seen is not None:
            return candidate, seen
    lacking = [name for name in _names(models[-1].card) if values[name] is None]
    raise RiskInputError(
        [FieldProblem(f"covariates.{name}", "is needed by the model, but not known") for name in lacking]
    )


def _names(card: CourseCard) -> tuple[str, ...]:
    return tuple(scale.name for scale in card.covariates)


@cache
def shipped() -> tuple[CourseModel, ...]:
    """The models in use, the richest first; read and checked once. Raises what `load_course_model` raises."""
    return tuple(load_course_model(variant) for variant in COVARIATES)
