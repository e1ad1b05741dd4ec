import numpy as np
import pytest

from services.heart_rate.generated.pulse_wave import PulseSettings, pulse_wave, wandering

TIMES = np.arange(1800) / 30.0


def test_beats_come_at_the_rate() -> None:
    pulse = pulse_wave(PulseSettings(75.0), TIMES, np.random.default_rng(0))
    np.testing.assert_allclose(np.diff(pulse.beats_s), 0.8, atol=1e-3)
    assert len(pulse.beats_s) in (74, 75)
    assert (pulse.bpm == 75.0).all()


def test_the_true_rate_is_the_rate_of_the_beats_as_it_drifts() -> None:
    pulse = pulse_wave(PulseSettings(80.0, drift_bpm_per_s=0.5, wander_bpm=2.0), TIMES, np.random.default_rng(0))
    middles = 0.5 * (pulse.beats_s[1:] + pulse.beats_s[:-1])
    np.testing.assert_allclose(60 / np.diff(pulse.beats_s), np.interp(middles, TIMES, pulse.bpm), rtol=0.01)


def test_harmonics_have_the_amplitudes_asked_for() -> None:
    pulse = pulse_wave(PulseSettings(60.0, second=0.5, third=0.2), TIMES, np.random.default_rng(0))
    spectrum = 2 * np.abs(np.fft.rfft(pulse.wave)) / len(TIMES)
    np.testing.assert_allclose(spectrum[[60, 120, 180]], [1.0, 0.5, 0.2], atol=0.01)


def test_a_wandering_course_has_the_scale_asked_for() -> None:
    course = np.stack([wandering(TIMES, 2.0, np.random.default_rng(seed)) for seed in range(200)])
    assert course.mean() == pytest.approx(0.0, abs=0.05)
    assert 0.75 < course.std() < 1.05
    far = np.mean(course[:, 0] * course[:, 150])  # five seconds apart
    assert abs(far) < 0.2
