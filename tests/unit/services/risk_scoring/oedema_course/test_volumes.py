"""From cube roots to millilitres, against integrals and draws."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from services.risk_scoring.oedema_course.volumes import cube_root, mean_ml, quantile_ml


def test_a_ball_of_27_ml_has_a_cube_root_of_three() -> None:
    assert cube_root([0, 1, 27]) == pytest.approx([0, 1, 3])


@pytest.mark.parametrize(("mean", "deviation"), [(3.0, 0.5), (0.2, 1.0), (-0.5, 0.7), (4.0, 2.0)])
def test_the_mean_is_the_integral_over_what_can_be_measured(mean: float, deviation: float) -> None:
    integral, _ = quad(lambda z: z**3 * norm.pdf(z, mean, deviation), 0, mean + 12 * deviation)
    assert mean_ml(np.array([mean]), np.array([deviation]))[0] == pytest.approx(integral, rel=1e-6)


def test_a_mean_far_below_zero_is_zero_and_not_less() -> None:
    assert 0 <= mean_ml(np.array([-30.0]), np.array([1.0]))[0] < 1e-12


@pytest.mark.parametrize("level", [0.025, 0.1, 0.5, 0.9, 0.975])
def test_a_quantile_is_that_share_of_the_draws(level: float) -> None:
    draws = np.maximum(np.random.default_rng(0).normal(2.0, 0.6, 200_000), 0) ** 3
    volume = quantile_ml(np.array([2.0]), np.array([0.6]), level)[0]
    assert (draws <= volume).mean() == pytest.approx(level, abs=0.004)


def test_no_quantile_is_below_nothing() -> None:
    assert quantile_ml(np.array([0.1]), np.array([1.0]), 0.025)[0] == 0
