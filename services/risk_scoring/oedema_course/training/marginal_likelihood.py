"""Fitting the mixed model: hyperparameters by their marginal likelihood (type II), weights by their posterior.

With all else fixed the model is linear and Gaussian, so that the weights w of f0..fC integrate out in closed form:
z_i ~ N(Phi_i w, V_i) per patient, w ~ N(0, W). The gradient is that of the expected complete likelihood under the
posterior of w (Fisher's identity), which needs the first two moments of w alone.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from services.risk_scoring.oedema_course.mixed_model import (
    KNOTS_H,
    PatientProcess,
    design,
    fan_exponent,
    log_hours,
)

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_JITTER = 1e-5
_STEPS = 80
# After the standard deviations of the 1 + C curves: lengths of f0 and of f1..fC, then the patient's process.
_PROCESS = 5


@dataclass(frozen=True)
class Courses:
    """P patients with at most n exams each, padded: ``mask`` (P, n) tells real exams; the others are 0.

    ``hours`` and ``roots`` (cube roots of mL less an offset) are (P, n), ``rows`` of the design (P, n, (1 + C) K).
    """

    hours: Array
    roots: Array
    rows: Array
    mask: Array

    def of(self, chosen: Mask) -> "Courses":
        """Some of the patients."""
        return Courses(self.hours[chosen], self.roots[chosen], self.rows[chosen], self.mask[chosen])

    @property
    def curves(self) -> int:
        """1 + C."""
        return int(self.rows.shape[-1]) // len(KNOTS_H)

    @cached_property
    def pairs(self) -> Array:
        """1 where both exams of a pair are real, (P, n, n)."""
        return np.asarray(self.mask[:, :, None] * self.mask[:, None, :])

    @cached_property
    def apart(self) -> Array:
        """Log time between the exams of a pair, (P, n, n)."""
        at = log_hours(self.hours)
        return np.abs(at[:, :, None] - at[:, None, :])

    @cached_property
    def fan_exponents(self) -> Array:
        """Exponents of the fan, (P, n)."""
        return np.asarray(fan_exponent(self.hours) * self.mask)


def padded(patient: NDArray[np.intp], number: NDArray[np.intp], hours: Array, roots: Array, x: Array) -> Courses:
    """The exams of a table (n,) with standardised covariates ``x`` (P, C), one line per patient."""
    shape = (len(x), int(number.max()) + 1)
    filled = design(hours, x[patient])
    padded_rows = np.zeros((*shape, filled.shape[1]))
    padded_rows[patient, number] = filled
    planes = []
    for values in (hours, roots, np.ones(len(hours))):
        plane = np.zeros(shape)
        plane[patient, number] = values
        planes.append(plane)
    return Courses(planes[0], planes[1], padded_rows, planes[2])


@dataclass(frozen=True)
class Hyperparameters:
    """Logarithms, but for the last: 1 + C deviations of the curves, two lengths, then PatientProcess's five."""

    values: Array

    @property
    def process(self) -> PatientProcess:
        """How patients differ."""
        *logs, fanning = self.values[-_PROCESS:]
        level, drift, length, noise = np.exp(logs)
        return PatientProcess(float(level), float(drift), float(length), float(noise), float(fanning))

    @property
    def curve_variances(self) -> Array:
        """Prior variance of each curve, (1 + C,)."""
        return np.asarray(np.exp(2 * self.values[: -_PROCESS - 2]))

    @property
    def lengths(self) -> tuple[float, float]:
        """Log hours over which f0, and f1..fC, bend."""
        common, others = np.exp(self.values[-_PROCESS - 2 : -_PROCESS])
        return float(common), float(others)


def usual(curves: int, spread: float) -> tuple[Hyperparameters, Array]:
    """Where the search begins, which is also the mean of a weak normal prior, and that prior's deviations.

    ``spread`` is the deviation of all cube roots. A factor of e is one deviation for most, and lengths are held
    to about half of that: 500 exams say little about them.
    """
    deviations = np.array([1.0, *[0.3] * (curves - 1)]) * spread
    process = np.log([0.5 * spread, spread, 2.0, 0.3 * spread])
    start = np.concatenate([np.log(deviations), np.log([1.5, 2.0]), process, [0.0]])
    widths = np.array([1.5, *[1.0] * (curves - 1), 0.5, 0.5, 1.0, 1.0, 0.7, 1.0, 0.3])
    return Hyperparameters(start), widths


def fit_hyperparameters(courses: Courses) -> Hyperparameters:
    """The hyperparameters of greatest marginal likelihood under the weak prior."""
    spread = float(courses.roots[courses.mask > 0].std())
    start, widths = usual(courses.curves, spread)

    def objective(values: Array) -> tuple[float, Array]:
        value, gradient = negative_log_likelihood(Hyperparameters(values), courses)
        away = (values - start.values) / widths
        return value + 0.5 * float(away @ away), gradient + away / widths

    found = minimize(objective, start.values, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return Hyperparameters(np.asarray(found.x, np.float64))


@dataclass(frozen=True)
class Normal:
    """N patients' share of the normal equations of the weights, and the prior's: precision w = right."""

    prior: Array
    precisions: Array
    rights: Array

    def posterior(self, without: int | None = None) -> tuple[Array, Array]:
        """Mean and covariance of the weights, of all patients or of all but one."""
        precision, right = self.prior + self.precisions.sum(axis=0), self.rights.sum(axis=0)
        if without is not None:
            precision, right = precision - self.precisions[without], right - self.rights[without]
        covariance = np.linalg.inv(precision)
        covariance = (covariance + covariance.T) / 2
        return covariance @ right, covariance


def normal_equations(hyper: Hyperparameters, courses: Courses) -> Normal:
    """Phi_i' V_i^-1 Phi_i and Phi_i' V_i^-1 z_i of every patient."""
    weighed = np.linalg.inv(covariances(hyper, courses)) @ courses.rows
    return Normal(
        prior=np.asarray(np.linalg.inv(_prior(hyper)), np.float64),
        precisions=np.swapaxes(courses.rows, 1, 2) @ weighed,
        rights=np.einsum("pnm,pn->pm", weighed, courses.roots),
    )


def covariances(hyper: Hyperparameters, courses: Courses) -> Array:
    """V of every patient, noise included, (P, n, n); padded exams are independent with variance 1."""
    latent, noise = _covariance_parts(hyper, courses)
    padding = np.eye(courses.mask.shape[1]) * (1 - courses.mask)[:, :, None]
    return np.asarray(latent[0] + latent[1] + noise + padding)


def _covariance_parts(hyper: Hyperparameters, courses: Courses) -> tuple[tuple[Array, Array], Array]:
    """Of level and drift, and of the noise."""
    process = hyper.process
    spread = np.exp(process.fanning * courses.fan_exponents)
    fanned = spread[:, :, None] * spread[:, None, :] * courses.pairs
    level = process.level**2 * fanned
    drift = process.drift**2 * fanned * np.exp(-courses.apart / process.drift_length)
    return (level, drift), process.noise**2 * fanned * np.eye(courses.mask.shape[1])


def _curve_kernel(length: float) -> tuple[Array, Array]:
    """Prior covariance between the knots of a curve of variance 1, (K, K), and its derivative by log length."""
    at = log_hours(KNOTS_H)
    squares = ((at[:, None] - at[None, :]) / length) ** 2
    kernel = np.exp(-0.5 * squares)
    return kernel + _JITTER * np.eye(len(at)), kernel * squares


def _prior(hyper: Hyperparameters) -> Array:
    """W, (M, M), one block per curve."""
    variances, (common, others) = hyper.curve_variances, hyper.lengths
    knots = len(KNOTS_H)
    prior = np.zeros((len(variances) * knots,) * 2)
    for curve, variance in enumerate(variances):
        block = slice(curve * knots, (curve + 1) * knots)
        prior[block, block] = variance * _curve_kernel(others if curve else common)[0]
    return prior


def negative_log_likelihood(hyper: Hyperparameters, courses: Courses) -> tuple[float, Array]:
    """-log p(z | hyperparameters), less its constant n/2 log 2 pi, and its gradient."""
    covariance = covariances(hyper, courses)
    inverse = np.linalg.inv(covariance)
    equations = normal_equations(hyper, courses)
    mean, posterior = equations.posterior()
    explained = float(equations.rights.sum(axis=0) @ mean)
    squares = float(np.einsum("pn,pnk,pk->", courses.roots, inverse, courses.roots))
    determinants = (
        np.linalg.slogdet(covariance)[1].sum() - np.linalg.slogdet(posterior)[1] - np.linalg.slogdet(equations.prior)[1]
    )
    residual = courses.roots - courses.rows @ mean
    moments = residual[:, :, None] * residual[:, None, :] + (courses.rows @ posterior) @ np.swapaxes(courses.rows, 1, 2)
    pull = 0.5 * (inverse - inverse @ moments @ inverse) * courses.pairs
    gradient = np.concatenate(
        [_curve_gradient(hyper, np.outer(mean, mean) + posterior), _process_gradient(hyper, courses, pull)]
    )
    return 0.5 * (float(determinants) + squares - explained), gradient


def _curve_gradient(hyper: Hyperparameters, moment: Array) -> Array:
    """By the log deviations of the curves and the two log lengths, from E w w'."""
    variances, lengths, knots = hyper.curve_variances, hyper.lengths, len(KNOTS_H)
    by_deviation, by_length = np.zeros(len(variances)), np.zeros(2)
    for curve, variance in enumerate(variances):
        block = slice(curve * knots, (curve + 1) * knots)
        kernel, slope = _curve_kernel(lengths[min(curve, 1)])
        inverse = np.linalg.inv(kernel)
        scaled = inverse @ moment[block, block] / variance
        by_deviation[curve] = knots - np.trace(scaled)
        by_length[min(curve, 1)] += 0.5 * np.sum((inverse - scaled @ inverse) * slope)
    return np.concatenate([by_deviation, by_length])


def _process_gradient(hyper: Hyperparameters, courses: Courses, pull: Array) -> Array:
    """By the patient's process, from the derivative by V."""
    (level, drift), noise = _covariance_parts(hyper, courses)
    exponents = courses.fan_exponents
    slopes = (
        2 * level,
        2 * drift,
        drift * courses.apart / hyper.process.drift_length,
        2 * noise,
        (level + drift + noise) * (exponents[:, :, None] + exponents[:, None, :]),
    )
    return np.array([np.sum(pull * slope) for slope in slopes])
