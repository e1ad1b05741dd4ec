"""The model itself, against interpolation, a Gaussian process of another library, and draws."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import interp1d
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

from services.risk_scoring.oedema_course.mixed_model import (
    KNOTS_H,
    Gaussian,
    PatientProcess,
    conditioned,
    design,
    fan,
    log_hours,
    noise_covariance,
    patient_covariance,
    time_basis,
)
from tests.fixtures.oedema import OFFSET, PROCESS, true_course

HOURS = np.array([2.0, 30.0, 100.0, 400.0])


def test_the_basis_interpolates_in_log_time() -> None:
    values = np.arange(len(KNOTS_H)) ** 2.0
    between = interp1d(np.log1p(KNOTS_H), values)(np.log1p(HOURS))
    assert time_basis(HOURS) @ values == pytest.approx(between)


def test_the_basis_is_steady_outside_the_knots() -> None:
    assert time_basis([0.1, 9000.0]) == pytest.approx(time_basis([KNOTS_H[0], KNOTS_H[-1]]))


def test_a_row_of_the_design_adds_the_covariates_curves() -> None:
    curves = np.random.default_rng(0).normal(size=(3, len(KNOTS_H)))
    x = np.array([0.5, -2.0])
    by_hand = time_basis(HOURS) @ (curves[0] + 0.5 * curves[1] - 2.0 * curves[2])
    assert design(HOURS, x) @ curves.ravel() == pytest.approx(by_hand)


def test_patients_part_by_the_fan_which_is_one_at_four_days() -> None:
    assert fan([96.0], 0.3) == pytest.approx([1.0])
    assert fan([1.0, 3.0], 0.3)[0] == fan([1.0, 3.0], 0.3)[1]
    assert fan([720.0], 0.3)[0] == pytest.approx((721 / 97) ** 0.3)


def test_exams_far_apart_share_the_level_alone() -> None:
    process = PatientProcess(level=0.4, drift=0.7, drift_length=0.5, noise=0.1, fanning=0.0)
    covariance = patient_covariance(np.array([0.0, 4800.0]), process)
    assert covariance[0, 1] == pytest.approx(0.16, abs=1e-6)
    assert covariance[0, 0] == pytest.approx(0.16 + 0.49)


def test_conditioning_is_that_of_a_dense_normal() -> None:
    """The density of the rest given the known is the joint density over that of the known."""
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 5))
    joint = Gaussian(rng.normal(size=5), root @ root.T + np.eye(5))
    values = rng.normal(size=5)
    rest = conditioned(joint, values[:2])
    left = multivariate_normal(joint.mean, joint.covariance).logpdf(values)
    known = multivariate_normal(joint.mean[:2], joint.covariance[:2, :2]).logpdf(values[:2])
    assert multivariate_normal(rest.mean, rest.covariance).logpdf(values[2:]) == pytest.approx(left - known)


def test_one_patient_is_a_gaussian_process_of_log_time() -> None:
    process = replace(PROCESS, fanning=0.0)
    shared = replace(true_course(), process=process)
    x, asked, known = np.array([0.7, 0.0]), np.array([50.0, 200.0, 504.0]), np.array([2.9, 3.3, 3.0, 2.2])
    kernel = ConstantKernel(process.level**2, "fixed") + ConstantKernel(process.drift**2, "fixed") * Matern(
        process.drift_length, "fixed", nu=0.5
    )
    oracle = GaussianProcessRegressor(kernel, alpha=process.noise**2, optimizer=None)
    oracle.fit(log_hours(HOURS)[:, None], known - OFFSET - design(HOURS, x) @ shared.mean)
    mean, covariance = oracle.predict(log_hours(asked)[:, None], return_cov=True)
    expected = shared.expect(x, HOURS, known, asked)
    assert expected.mean == pytest.approx(OFFSET + design(asked, x) @ shared.mean + mean)
    assert expected.covariance == pytest.approx(covariance + noise_covariance(asked, process))


def test_doubt_about_the_shared_course_widens_what_is_expected() -> None:
    sure = true_course()
    unsure = replace(sure, covariance=0.1 * np.eye(len(sure.mean)))
    x, none = np.zeros(2), np.array([])
    spreads = [course.expect(x, none, none, HOURS).deviations for course in (sure, unsure)]
    own = np.diag(patient_covariance(HOURS, PROCESS) + noise_covariance(HOURS, PROCESS))
    assert spreads[0] == pytest.approx(np.sqrt(own))
    assert spreads[1] == pytest.approx(np.sqrt(own + 0.1 * (time_basis(HOURS) ** 2).sum(axis=1)))
