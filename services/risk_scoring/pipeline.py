"""The way of one assessment: a patient's record in, the report and the bedside risk's next state out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.risk_scoring.bedside.monitor import Evaluation, evaluate
from services.risk_scoring.bedside.state import BedsideState
from services.risk_scoring.follow_up import growth_of
from services.risk_scoring.record.facts import Facts, admission_facts, present_facts
from services.risk_scoring.record.patient import PatientRecord
from services.risk_scoring.record.signals import history, observations
from services.risk_scoring.report.bedside import bedside_part
from services.risk_scoring.report.expansion import expansion_part
from services.risk_scoring.report.models import Models
from services.risk_scoring.report.oedema_course import oedema_part
from services.risk_scoring.report.outcome import outcome_part
from services.risk_scoring.report.scores import scores_part
from services.risk_scoring.what_if import imagined, overrides_of
from shared.contracts.risk import Known, RiskReport, WhatIfQuestion

_NO_QUESTION: Final = WhatIfQuestion()


@dataclass(frozen=True)
class Assessment:
    """The report, and what is to be remembered of the bedside risk."""

    report: RiskReport
    evaluation: Evaluation


def assess(
    record: PatientRecord, state: BedsideState, models: Models, question: WhatIfQuestion = _NO_QUESTION
) -> Assessment:
    """Everything that can be computed from ``record``, or from what ``question`` puts in its place."""
    asked = overrides_of(question)
    admission, present = admission_facts(record).asked(asked), present_facts(record).asked(asked)
    exams = [scan.exam for scan in record.scans]
    first_finding_id = exams[0].finding_id if exams else None
    seen = imagined(observations(record), question, record, models.bedside)
    evaluation = evaluate(state, seen, history(present), models.bedside, record.now)
    report = RiskReport(
        computed_at=record.now,
        expansion=expansion_part(admission, first_finding_id, models),
        outcome=outcome_part(admission, exams, models),
        scores=scores_part(admission, present),
        bedside=bedside_part(evaluation, models.bedside),
        exams=exams,
        growth=growth_of(exams, models.definition) if exams else [],
        oedema_course=oedema_part(admission, exams, models),
        facts=list(_used(admission, present)),
        notes=list(_notes(record, admission, present, evaluation, models)),
    )
    return Assessment(report, evaluation)


def _used(admission: Facts, present: Facts) -> Iterator[Known]:
    """The facts at admission, and those of the present that differ from them."""
    yield from admission.known.values()
    for name, known in present.known.items():
        if known != admission.known.get(name):
            yield known.model_copy(update={"when": "present"})


def _notes(
    record: PatientRecord, admission: Facts, present: Facts, evaluation: Evaluation, models: Models
) -> Iterator[str]:
    yield from dict.fromkeys((*admission.notes, *present.notes))
    if record.onset_at is None:
        yield "The onset is not known: no hours from onset, and no judgement on expansion, can be given."
    if any(scan.exam.at_is_arrival for scan in record.scans):
        yield "A CT does not tell when it was made; the time it arrived was taken."
    if evaluation.assessment.confidence < models.bedside.hysteresis.confident_from:
        yield "Too little of the patient is seen at present to tell a low risk from an unseen one."
    for note in evaluation.assessment.notes:
        yield f"{note.code.replace('_', ' ').capitalize()}: {note.count} at the bedside."
