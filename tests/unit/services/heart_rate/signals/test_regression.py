import numpy as np
import pytest
from sklearn.linear_model import Ridge

from services.heart_rate.signals.regression import disturbances, regressed
from services.heart_rate.signals.spectrum import band_passed, band_spectrum

RATE = 30.0
TIMES = np.arange(300) / RATE
PULSE = 0.005 * np.sin(2 * np.pi * 1.1 * TIMES)
SWAY = np.sin(2 * np.pi * 1.7 * TIMES)
STILL = np.zeros((3, 300))
MIDDLE = slice(60, 240)


def cleaned(colour: np.ndarray, background: np.ndarray, face: np.ndarray = STILL) -> np.ndarray:
    return regressed(colour, disturbances(background, face, RATE), RATE) - 1


def test_a_flicker_behind_the_face_is_taken_off_the_face() -> None:
    tint = np.array([0.9, 1.0, 1.2])[:, None]
    left = cleaned(1 + PULSE + 0.014 * tint * SWAY, 1 + 0.02 * tint * SWAY)
    assert np.abs(left[:, MIDDLE] - PULSE[MIDDLE]).max() < 0.001


def test_shade_that_follows_the_faces_place_is_taken_off_it() -> None:
    face = np.stack([0.05 * SWAY, 0.02 * np.sin(2 * np.pi * 1.7 * TIMES + 1.0), np.zeros(300)])
    shade = np.array([0.4, 0.5, 0.6])[:, None] * face[0] - 0.2 * face[1]
    left = cleaned(1 + PULSE + shade, np.ones((3, 300)), face)
    assert np.abs(left[:, MIDDLE] - PULSE[MIDDLE]).max() < 0.0015


@pytest.mark.parametrize("sway_bpm", [34.0, 36.0, 38.0, 40.0])
def test_a_sway_just_below_the_band_does_not_reach_into_it(sway_bpm: float) -> None:
    sway = np.sin(2 * np.pi * sway_bpm / 60 * TIMES)
    face = np.stack([0.05 * sway, STILL[0], STILL[0]])
    shade = 0.4 * face[0]
    bpm, before = band_spectrum(PULSE + shade, RATE)
    _, after = band_spectrum(cleaned(np.tile(1 + PULSE + shade, (3, 1)), np.ones((3, 300)), face)[1], RATE)
    edge, pulse = bpm < 50, np.abs(bpm - 66) < 3
    assert np.abs(before[edge]).max() > 1.5 * np.abs(before[pulse]).max()
    assert np.abs(after[edge]).max() < 0.5 * np.abs(after[pulse]).max()


def test_where_nothing_else_changes_nothing_is_taken() -> None:
    colour = 1 + 0.01 * np.random.default_rng(0).standard_normal((2, 3, 300))
    np.testing.assert_allclose(cleaned(colour, np.ones((3, 300))), colour - 1, atol=1e-15)


def test_a_pulse_that_shows_faintly_behind_the_face_is_mostly_spared() -> None:
    left = cleaned(np.tile(1 + PULSE, (3, 1)), np.tile(1 + 0.1 * PULSE, (3, 1)))
    assert left.std() > 0.5 * PULSE.std()


def test_a_head_that_moves_with_its_own_beat_keeps_its_pulse() -> None:
    nodding = np.stack([STILL[0], 0.0025 * np.sin(2 * np.pi * 1.1 * TIMES), STILL[0]])
    left = cleaned(np.tile(1 + PULSE, (3, 1)), np.ones((3, 300)), nodding)
    assert left.std() > 0.8 * PULSE.std()


def test_it_is_scikit_learns_ridge_regression() -> None:
    chance = np.random.default_rng(1)
    colour = 1 + 0.01 * chance.standard_normal((3, 300))
    regressors = disturbances(
        1 + 0.01 * chance.standard_normal((3, 300)), 0.01 * chance.standard_normal((3, 300)), RATE
    )
    ridge = Ridge(alpha=300.0, fit_intercept=False).fit(regressors.T, band_passed(colour, RATE, 28.0).T)
    np.testing.assert_allclose(regressed(colour, regressors, RATE), colour - ridge.predict(regressors.T).T, atol=1e-12)


@pytest.mark.parametrize("region", range(2))
def test_every_region_is_cleaned_by_itself(region: int) -> None:
    chance = np.random.default_rng(2)
    colour = 1 + 0.01 * chance.standard_normal((2, 3, 300))
    regressors = disturbances(1 + 0.01 * chance.standard_normal((3, 300)), STILL, RATE)
    together = regressed(colour, regressors[None], RATE)
    np.testing.assert_allclose(together[region], regressed(colour[region], regressors, RATE), atol=1e-12)
