"""Fitting the course, against one dense normal over all exams of all patients, and against finite differences."""

import numpy as np
import pytest
from scipy.linalg import block_diag
from scipy.stats import multivariate_normal

from services.risk_scoring.oedema_course.mixed_model import (
    KNOTS_H,
    Gaussian,
    SharedCourse,
    conditioned,
    design,
    log_hours,
    noise_covariance,
    patient_covariance,
)
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.fitting import fit
from services.risk_scoring.oedema_course.training.marginal_likelihood import (
    Courses,
    Hyperparameters,
    fit_hyperparameters,
    negative_log_likelihood,
    normal_equations,
    padded,
    usual,
)
from services.risk_scoring.oedema_course.volumes import cube_root
from tests.fixtures.oedema import OFFSET, PROCESS, drawn_table

Array = np.ndarray
JITTER = 1e-5


@pytest.fixture(scope="module")
def table() -> ExamTable:
    """Eight patients with one to four exams each, so that most lines are padded."""
    whole = drawn_table(patients=8, exams=4)
    kept = whole.number <= whole.patient % 4
    columns = {name: getattr(whole, name)[kept] for name in ("patient", "number", "hours", "oedema_ml", "haematoma_ml")}
    return ExamTable(**{**vars(whole), **columns})


def covariates(table: ExamTable) -> Array:
    return (table.covariates[:, :2] - [3.0, 60.0]) / [0.8, 10.0]


@pytest.fixture(scope="module")
def courses(table: ExamTable) -> Courses:
    return padded(table.patient, table.number, table.hours, cube_root(table.oedema_ml) - OFFSET, covariates(table))


@pytest.fixture(scope="module")
def hyper() -> Hyperparameters:
    """Some hyperparameters, none of them where a derivative is 0."""
    start, _ = usual(curves=3, spread=0.8)
    return Hyperparameters(start.values + np.random.default_rng(5).uniform(-0.4, 0.4, len(start.values)))


def dense(table: ExamTable, hyper: Hyperparameters) -> Gaussian:
    """All exams at once: Phi W Phi' + V, with W written out by its formula."""
    at = log_hours(KNOTS_H)
    blocks = []
    for curve, variance in enumerate(hyper.curve_variances):
        length = hyper.lengths[min(curve, 1)]
        kernel = [[np.exp(-0.5 * ((a - b) / length) ** 2) for b in at] for a in at]
        blocks.append(variance * (np.array(kernel) + JITTER * np.eye(len(at))))
    rows = design(table.hours, covariates(table)[table.patient])
    hours = [table.hours[table.of(patient)] for patient in range(len(table.patients))]
    own = [patient_covariance(h, hyper.process) + noise_covariance(h, hyper.process) for h in hours]
    return Gaussian(np.zeros(len(rows)), rows @ block_diag(*blocks) @ rows.T + block_diag(*own))


def test_the_likelihood_is_that_of_one_dense_normal(table: ExamTable, courses: Courses, hyper: Hyperparameters) -> None:
    joint, roots = dense(table, hyper), cube_root(table.oedema_ml) - OFFSET
    density = multivariate_normal(joint.mean, joint.covariance).logpdf(roots)
    constant = 0.5 * len(roots) * np.log(2 * np.pi)
    assert negative_log_likelihood(hyper, courses)[0] == pytest.approx(-density - constant, rel=1e-6)


def test_the_gradient_is_that_of_finite_differences(courses: Courses, hyper: Hyperparameters) -> None:
    _, gradient = negative_log_likelihood(hyper, courses)
    step = 1e-5
    for place, found in enumerate(gradient):
        aside = np.zeros(len(gradient))
        aside[place] = step
        up, down = (negative_log_likelihood(Hyperparameters(hyper.values + way * aside), courses)[0] for way in (1, -1))
        assert found == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-5), f"hyperparameter {place}"


@pytest.mark.parametrize("patient", [1, 3])
def test_a_prediction_is_the_dense_normal_given_all_other_patients(
    table: ExamTable, courses: Courses, hyper: Hyperparameters, patient: int
) -> None:
    """Normal equations without the patient, then their first exam: the same as conditioning on everything at once."""
    mean, covariance = normal_equations(hyper, courses).posterior(without=patient)
    shared = SharedCourse(KNOTS_H, OFFSET, mean, covariance, hyper.process)
    own, roots = table.of(patient), cube_root(table.oedema_ml)
    first, later = own[:1], own[1:]
    found = shared.expect(covariates(table)[patient], table.hours[first], roots[first], table.hours[later])
    order = np.concatenate([np.flatnonzero(table.patient != patient), own])
    joint = dense(table, hyper)
    joint = Gaussian(joint.mean[order], joint.covariance[np.ix_(order, order)])
    expected = conditioned(joint, roots[order][: -len(later)] - OFFSET)
    assert found.mean == pytest.approx(OFFSET + expected.mean, abs=1e-6)
    assert found.covariance == pytest.approx(expected.covariance, abs=1e-6)


def test_the_posterior_without_a_patient_is_that_of_a_table_without_them(
    table: ExamTable, courses: Courses, hyper: Hyperparameters
) -> None:
    kept = np.arange(len(table.patients)) != 3
    less, fewer = normal_equations(hyper, courses).posterior(without=3), normal_equations(hyper, courses.of(kept))
    for one, other in zip(less, fewer.posterior(), strict=True):
        assert one == pytest.approx(other, abs=1e-8)


def test_padding_adds_nothing(courses: Courses, hyper: Hyperparameters) -> None:
    wider = Courses(
        *(np.pad(plane, [(0, 0), (0, 2), (0, 0)][: plane.ndim]) for plane in (courses.hours, courses.roots)),
        np.pad(courses.rows, [(0, 0), (0, 2), (0, 0)]),
        np.pad(courses.mask, [(0, 0), (0, 2)]),
    )
    value, gradient = negative_log_likelihood(hyper, courses)
    other, same = negative_log_likelihood(hyper, wider)
    assert other == pytest.approx(value)
    assert same == pytest.approx(gradient)


def test_the_search_ends_where_no_step_helps() -> None:
    """At the maximum the likelihood's gradient is met by the weak prior's."""
    drawn = drawn_table(patients=20)
    x = (drawn.covariates[:, :2] - [3.0, 60.0]) / [0.8, 10.0]
    courses = padded(drawn.patient, drawn.number, drawn.hours, cube_root(drawn.oedema_ml) - OFFSET, x)
    found = fit_hyperparameters(courses)
    start, widths = usual(courses.curves, float(courses.roots[courses.mask > 0].std()))
    pull = negative_log_likelihood(found, courses)[1] + (found.values - start.values) / widths**2
    assert np.abs(pull).max() < 0.02 * len(drawn.hours)
    assert np.abs(pull).max() < 0.1 * np.abs(negative_log_likelihood(start, courses)[1]).max()


def test_a_process_is_found_again_in_courses_drawn_from_it() -> None:
    """Of 80 made-up patients: the spread of a patient to within a quarter, the noise to within a third."""
    fitted = fit(drawn_table(patients=80, exams=5, seed=1), "volumes")
    process = fitted.hyper.process
    assert np.hypot(process.level, process.drift) == pytest.approx(np.hypot(PROCESS.level, PROCESS.drift), rel=0.25)
    assert process.noise == pytest.approx(PROCESS.noise, rel=0.35)
