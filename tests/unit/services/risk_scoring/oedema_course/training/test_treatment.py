"""Differences between treated and untreated, on made-up volumes whose difference is known."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from services.risk_scoring.cohort.patients import TREATMENTS
from services.risk_scoring.oedema_course.mixed_model import time_basis
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.treatment import TreatmentEffect, treatment_effects
from tests.fixtures.oedema import drawn_table

EFFECT_ML = 8.0


@pytest.fixture(scope="module")
def confounded() -> ExamTable:
    """Treatment 0 adds 8 mL and is given to large haematomas, which have 12 mL more per deviation anyway."""
    table = drawn_table(patients=120, seed=7)
    rng = np.random.default_rng(8)
    size = (table.covariates[:, 0] - 3) / 0.8
    given = (rng.random((120, len(TREATMENTS))) < 0.5).astype(float)
    given[:, 0] = size + rng.normal(0, 0.7, 120) > 0
    volume = 40 + 12 * size[table.patient] + EFFECT_ML * given[table.patient, 0] + rng.normal(0, 3, len(table.hours))
    admission = 40 + 12 * size[table.patient] + rng.normal(0, 3, len(table.hours))
    return replace(table, treatments=given, oedema_ml=np.where(table.number > 0, volume, admission))


@pytest.fixture(scope="module")
def effects(confounded: ExamTable) -> list[TreatmentEffect]:
    return treatment_effects(confounded, repeats=200)


def test_a_known_difference_is_found_though_the_large_bleeds_were_treated(
    confounded: ExamTable, effects: list[TreatmentEffect]
) -> None:
    rows = confounded.follow_ups
    given = confounded.treatments[confounded.patient[rows], 0] == 1
    crude = confounded.oedema_ml[rows][given].mean() - confounded.oedema_ml[rows][~given].mean()
    assert crude > 2 * EFFECT_ML
    for found in (effects[0].adjusted, effects[0].mutually_adjusted):
        assert found.value == pytest.approx(EFFECT_ML, abs=1.5)
        assert found.low < EFFECT_ML < found.high


def test_a_treatment_that_does_nothing_shows_nothing(effects: list[TreatmentEffect]) -> None:
    """Six intervals of 95 %: all but one or so hold 0, and none is far from it."""
    others = [effect.mutually_adjusted for effect in effects[1:]]
    assert sum(found.low < 0 < found.high for found in others) >= len(others) - 1
    assert max(abs(found.value) for found in others) < 2


def test_both_sides_are_counted_and_unknown_is_not_given(confounded: ExamTable) -> None:
    treatments = confounded.treatments.copy()
    treatments[:, 1] = 0
    treatments[:3, 1], treatments[3:6, 1] = 1, np.nan
    found = treatment_effects(replace(confounded, treatments=treatments), repeats=5)[1]
    assert (found.treatment, found.treated, found.untreated) == (TREATMENTS[1], 3, 117)
    assert np.isnan(found.adjusted.value)
    assert np.isnan(found.mutually_adjusted.value)


def test_the_estimate_is_that_of_ordinary_least_squares(confounded: ExamTable, effects: list[TreatmentEffect]) -> None:
    rows = confounded.follow_ups
    patient, first = confounded.patient[rows], confounded.first[confounded.patient[rows]]
    known = [confounded.haematoma_ml[first], confounded.oedema_ml[first], confounded.hours[first]]
    knots = (6.0, 24.0, 72.0, 168.0, 336.0, 720.0, 1440.0)
    columns = np.column_stack(
        [
            confounded.treatments[patient, :1],
            time_basis(confounded.hours[rows], knots),
            confounded.covariates[patient],
            *known,
        ]
    )
    used = columns.std(axis=0) > 0
    oracle = sm.OLS(confounded.oedema_ml[rows], columns[:, used]).fit()
    assert effects[0].adjusted.value == pytest.approx(oracle.params[0], rel=1e-4)
