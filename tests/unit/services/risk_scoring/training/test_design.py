from dataclasses import replace

import numpy as np
import pytest

from services.risk_scoring.cohort.patients import Cohort
from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.errors import CohortTooSmallError
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.features import CLINICAL, IMAGING
from services.risk_scoring.outcome.features import FOLLOW_UP
from services.risk_scoring.training.design import expansion_design, outcome_design
from tests.fixtures.risk_cohort import write_cohort

PAPER = ExpansionDefinition()


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return read_cohort(write_cohort(tmp_path_factory.mktemp("cohort"), patients=60))


def test_events_are_the_expansions_of_the_definition(cohort: Cohort) -> None:
    design = expansion_design(cohort, (*CLINICAL, *IMAGING), PAPER)
    seen = [
        any(PAPER.expanded(patient.exams[0].haematoma_ml, exam.haematoma_ml) for exam in patient.exams[1:2])
        for patient in cohort.patients
        if patient.follow_ups
    ]
    assert len(design.patients) == 54
    np.testing.assert_array_equal(design.events, seen)
    assert design.observed.all()


def test_another_definition_makes_other_events(cohort: Cohort) -> None:
    wide = expansion_design(cohort, CLINICAL, PAPER).events.sum()
    assert expansion_design(cohort, CLINICAL, ExpansionDefinition(both=True)).events.sum() < wide


def test_without_a_ct_in_the_window_a_patient_counts_as_not_expanded_and_not_observed(cohort: Cohort) -> None:
    first = cohort.patients[0]
    late = tuple(replace(exam, hours_from_onset=exam.hours_from_onset + 100) for exam in first.exams[1:])
    patients = (replace(first, exams=(first.exams[0], *late)), *cohort.patients[1:])
    design = expansion_design(Cohort(patients, ()), CLINICAL, PAPER)
    assert (design.levels[0], bool(design.observed[0])) == (0, False)


def test_follow_ups_are_seen_only_where_the_design_says_so(cohort: Cohort) -> None:
    blind = outcome_design(cohort, FOLLOW_UP, follow_ups=False)
    seeing = outcome_design(cohort, FOLLOW_UP, follow_ups=True)
    names = [feature.name for feature in FOLLOW_UP]
    assert np.isnan(blind.take(names)).all()
    assert not np.isnan(seeing.take(names)).any()


def test_too_few_events_are_named(cohort: Cohort) -> None:
    with pytest.raises(CohortTooSmallError, match="expansion"):
        expansion_design(Cohort(cohort.patients[:10], ()), CLINICAL, PAPER)
