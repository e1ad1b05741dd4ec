"""The mixed model of oedema courses: what all patients share, what parts a patient from them, and conditioning on both.

The cube root of the volume (a radius; equal errors at small and large volumes) at hour h of a patient with standardised
covariates x, a generalised additive mixed model:

    z(h) = offset + f0(h) + x1 f1(h) + ... + xC fC(h) + fan(h) [level + drift(log h)] + fan(h) noise

Every f is linear in log(1 + h) between knots. level is the patient's random intercept, drift an Ornstein-Uhlenbeck
process in log time (near exams resemble each other, far ones less), and fan lets patients part as time goes by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# Hours at which care looks: hyperacute, 6 h, one and two days, then days 4, 7, 14, 21, 30, 50, 100 and 200.
KNOTS_H = (1.0, 6.0, 24.0, 48.0, 96.0, 168.0, 336.0, 504.0, 720.0, 1200.0, 2400.0, 4800.0)
# fan is 1 here, and steady before and after the hours within which most exams lie.
_FAN_FROM_H, _FAN_ONE_H, _FAN_TO_H = 3.0, 96.0, 720.0


@dataclass(frozen=True)
class PatientProcess:
    """How patients differ: standard deviations in cube roots of mL at 96 h; ``fanning`` per unit of log hours."""

    level: float
    drift: float
    drift_length: float
    noise: float
    fanning: float


@dataclass(frozen=True)
class Gaussian:
    """Expected cube roots of the volumes, (n,), and their covariance, (n, n)."""

    mean: Array
    covariance: Array

    @property
    def deviations(self) -> Array:
        """Standard deviation of each, (n,)."""
        return np.sqrt(np.diag(self.covariance))


def log_hours(hours: ArrayLike) -> Array:
    """log(1 + h): the first day is as long as the following three weeks."""
    return np.log1p(np.asarray(hours, np.float64))


def time_basis(hours: ArrayLike, knots_h: Sequence[float] = KNOTS_H) -> Array:
    """Weights of the knots at each of n hours, (n, K): linear between two knots, steady outside them."""
    at, knots = log_hours(hours), log_hours(knots_h)
    return np.stack([np.interp(at, knots, unit) for unit in np.eye(len(knots))], axis=-1)


def design(hours: ArrayLike, covariates: ArrayLike, knots_h: Sequence[float] = KNOTS_H) -> Array:
    """Rows that the weights of f0..fC are multiplied with, (n, (1 + C) K), from ``covariates`` (n, C) or (C,)."""
    basis = time_basis(hours, knots_h)
    values = np.broadcast_to(np.asarray(covariates, np.float64), (len(basis), np.shape(covariates)[-1]))
    features = np.concatenate([np.ones((len(basis), 1)), values], axis=1)
    return np.asarray((features[:, :, None] * basis[:, None, :]).reshape(len(basis), -1))


def fan(hours: ArrayLike, fanning: float) -> Array:
    """How much wider patients spread at each hour than at 96 h."""
    return np.exp(fanning * fan_exponent(hours))


def fan_exponent(hours: ArrayLike) -> Array:
    """Log time from 96 h, held within 3 h and 720 h."""
    return log_hours(np.clip(hours, _FAN_FROM_H, _FAN_TO_H)) - log_hours(_FAN_ONE_H)


def patient_covariance(hours: ArrayLike, process: PatientProcess) -> Array:
    """Covariance of one patient's level and drift between n hours, (n, n), without the noise of measuring."""
    at = log_hours(hours)
    apart = np.abs(at[:, None] - at[None, :])
    spread = fan(hours, process.fanning)
    steady = process.level**2 + process.drift**2 * np.exp(-apart / process.drift_length)
    return np.asarray(spread[:, None] * spread[None, :] * steady)


def noise_covariance(hours: ArrayLike, process: PatientProcess) -> Array:
    """Covariance of the noise of measuring at n hours, (n, n), diagonal."""
    return np.diag((process.noise * fan(hours, process.fanning)) ** 2)


@dataclass(frozen=True)
class SharedCourse:
    """What one fit learned: the posterior of the M = (1 + C) K weights, and how patients differ.

    ``mean`` is (M,), ``covariance`` (M, M); ``offset`` is in cube roots of mL.
    """

    knots_h: tuple[float, ...]
    offset: float
    mean: Array
    covariance: Array
    process: PatientProcess

    def expect(self, covariates: Array, known_h: Array, known_roots: Array, hours: Array) -> Gaussian:
        """Cube roots of volumes measured at ``hours``, given k measured ones and standardised ``covariates`` (C,)."""
        every_hour = np.concatenate([known_h, hours])
        rows = design(every_hour, covariates, self.knots_h)
        joint = Gaussian(
            mean=self.offset + rows @ self.mean,
            covariance=rows @ self.covariance @ rows.T
            + patient_covariance(every_hour, self.process)
            + noise_covariance(every_hour, self.process),
        )
        return conditioned(joint, known_roots)


def conditioned(joint: Gaussian, known: Array) -> Gaussian:
    """What is expected of the other entries of ``joint`` once its first ``len(known)`` have been measured."""
    n = len(known)
    gain = np.linalg.solve(joint.covariance[:n, :n], joint.covariance[:n, n:]).T
    return Gaussian(
        mean=joint.mean[n:] + gain @ (known - joint.mean[:n]),
        covariance=joint.covariance[n:, n:] - gain @ joint.covariance[:n, n:],
    )
