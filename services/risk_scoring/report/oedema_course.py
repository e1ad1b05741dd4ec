"""The part of a report on the oedema: what was measured, and what to expect until day 21."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from services.risk_scoring.errors import FieldProblem, RiskInputError
from services.risk_scoring.oedema_course.course import CoursePrediction, predict_course
from services.risk_scoring.record.facts import Facts
from services.risk_scoring.report.inputs import no_haematoma, refusal
from services.risk_scoring.report.models import Models
from shared.contracts.risk import (
    Exam,
    ExpectedOedema,
    ModelName,
    NotComputable,
    NotComputableReason,
    OedemaCourse,
    OedemaExam,
)

# Three weeks: of the exams that the models learned from, one in eight came later, spread over half a year.
HORIZON_H: Final = 504.0
_POINTS: Final = 41
_NEEDED: Final = ("onset_to_ct_h", "haematoma_ml", "oedema_ml", "age_years")
# What the radiomics call the shapes that the models read.
_SHAPES: Final = {"sphericity": "Sphericity", "elongation": "Elongation", "flatness": "Flatness"}
# Fields of a prediction's inputs under other names than the facts.
_FACTS: Final = {"exams.0.hours_from_onset": "onset_to_ct_h", "exams.0.oedema_ml": "oedema_ml"}
# More digits than this no outline is worth.
_DIGITS: Final = 2


def oedema_part(facts: Facts, exams: Sequence[Exam], models: Models) -> OedemaCourse | NotComputable:
    """From the state at the first CT and every CT since. ``exams`` are by time."""
    if (refused := no_haematoma(facts)) is not None:
        return refused
    lacking = [FieldProblem(name, "is needed by the model, but not known") for name in _NEEDED if not _has(facts, name)]
    if lacking:
        return refusal(lacking, facts)
    measured = list(_measured(facts, exams))
    last_h = measured[-1][0]
    if last_h >= HORIZON_H:
        detail = f"The last CT was made on day {last_h / 24:.0f}; the course is told until day {HORIZON_H / 24:.0f}."
        return NotComputable(reasons=[NotComputableReason(code="not_applicable", field="exams", detail=detail)])
    try:
        exams_made = [{"hours_from_onset": hours, "oedema_ml": volume} for hours, volume in measured]
        found = predict_course(exams_made, _covariates(facts), _hours(last_h), models.oedema_course)
    except RiskInputError as error:
        return refusal([FieldProblem(_fact(problem.field), problem.problem) for problem in error.fields], facts)
    return OedemaCourse(
        measured=[OedemaExam(hours_from_onset=hours, oedema_ml=volume) for hours, volume in measured],
        expected=list(_expected(found)),
        not_used=list(found.not_used),
        model=ModelName(name=found.model, version=found.version),
    )


def _has(facts: Facts, name: str) -> bool:
    return facts.value(name) is not None


def _measured(facts: Facts, exams: Sequence[Exam]) -> Iterator[tuple[float, float]]:
    """Hours and mL: of the first CT as the facts have it, of later ones as far from it as they were made."""
    last_h = first_h = facts.value("onset_to_ct_h")
    yield first_h, facts.value("oedema_ml")
    for exam in exams[1:]:
        at_h = first_h + (exam.at - exams[0].at).total_seconds() / 3600
        if at_h > last_h:  # two of the same moment are one
            last_h = at_h
            yield at_h, exam.oedema_ml


def _covariates(facts: Facts) -> dict[str, float | None]:
    """What CourseCovariates asks for, but the territories: CT segmentation does not tell them."""
    shape = facts.radiomics.shape if facts.radiomics else {}
    known = {name: facts.value(name) for name in ("haematoma_ml", "age_years")}
    return known | {name: shape.get(theirs) for name, theirs in _SHAPES.items()}


def _hours(last_h: float) -> list[float]:
    """From the last CT to the horizon, near each other at first: evenly in log(1 + h), as the model sees time."""
    between = np.expm1(np.linspace(np.log1p(last_h), np.log1p(HORIZON_H), _POINTS))[1:-1]
    return [last_h, *map(float, between), HORIZON_H]


def _expected(found: CoursePrediction) -> Iterator[ExpectedOedema]:
    for place, hour in enumerate(found.hours):
        bands = [
            (round(float(band.low_ml[place]), _DIGITS), round(float(band.high_ml[place]), _DIGITS))
            for band in (found.band_80, found.band_95)
        ]
        yield ExpectedOedema(
            hours_from_onset=round(float(hour), _DIGITS),
            median_ml=round(float(found.median_ml[place]), _DIGITS),
            band_80_ml=bands[0],
            band_95_ml=bands[1],
        )


def _fact(field: str) -> str:
    """The fact behind a field of the inputs."""
    return _FACTS.get(field, field.removeprefix("covariates."))
