import numpy as np

from services.heart_rate.signals.illumination import light_removed

RATE = 30.0
TIMES = np.arange(300) / RATE


def test_a_flicker_behind_the_face_is_taken_off_the_face() -> None:
    flicker = 0.02 * np.sin(2 * np.pi * 1.7 * TIMES)
    pulse = 0.005 * np.sin(2 * np.pi * 1.1 * TIMES)
    tint = np.array([0.9, 1.0, 1.2])[:, None]
    left = light_removed(1 + pulse + 0.7 * tint * flicker, 1 + tint * flicker, RATE) - 1
    middle = slice(60, 240)
    assert np.abs(left[:, middle] - pulse[middle]).max() < 0.001


def test_a_still_background_changes_nothing() -> None:
    colour = 1 + 0.01 * np.random.default_rng(0).standard_normal((2, 3, 300))
    np.testing.assert_array_equal(light_removed(colour, np.ones((3, 300)), RATE), colour)


def test_a_pulse_that_shows_faintly_behind_the_face_is_mostly_spared() -> None:
    pulse = 0.006 * np.sin(2 * np.pi * 1.1 * TIMES)
    left = light_removed(np.tile(1 + pulse, (3, 1)), np.tile(1 + 0.1 * pulse, (3, 1)), RATE) - 1
    # At 0.06 % behind the face, σ² / (σ² + 0.002²) is 4 %, and a tenfold slope of it 43 %.
    assert left.std() > 0.5 * pulse.std()
