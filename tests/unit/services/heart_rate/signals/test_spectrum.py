import numpy as np
import pytest
from scipy.signal import periodogram

from services.heart_rate.signals.spectrum import (
    band_passed,
    band_spectrum,
    normalised,
    peak_bpm,
    power_of,
    power_spectrum,
)


@pytest.mark.parametrize("bpm", [45.0, 61.3, 88.88, 120.0, 199.7, 233.0])
@pytest.mark.parametrize("rate_hz", [15.0, 29.97])
def test_the_peak_of_a_sine_lies_within_a_tenth_of_a_beat(bpm: float, rate_hz: float) -> None:
    times = np.arange(int(10 * rate_hz)) / rate_hz
    found = peak_bpm(*power_spectrum(np.sin(2 * np.pi * bpm / 60 * times + 1.0), rate_hz))
    assert found == pytest.approx(bpm, abs=0.1)


def test_it_is_scipys_periodogram() -> None:
    pulse = np.random.default_rng(0).standard_normal(300)
    bpm, transform = band_spectrum(pulse, 30.0)
    frequencies, density = periodogram(pulse, 30.0, np.hanning(300), 2048, detrend=False, scaling="spectrum")
    inside = (frequencies * 60 >= 40) & (frequencies * 60 <= 240)
    np.testing.assert_allclose(bpm, frequencies[inside] * 60)
    power = power_of(transform)
    np.testing.assert_allclose(power / power.sum(), density[inside] / density[inside].sum(), rtol=1e-9)


def test_power_sums_to_one_even_where_there_is_none() -> None:
    _, power = power_spectrum(np.zeros((2, 300)), 30.0)
    np.testing.assert_allclose(power.sum(axis=-1), 1.0)
    assert np.ptp(power) == 0


def test_scale_and_shift_in_time_leave_the_peak() -> None:
    times = np.arange(300) / 30.0
    bpm, power = power_spectrum(np.stack([np.sin(9 * times), 1e-4 * np.sin(9 * times), np.sin(9 * times + 0.7)]), 30.0)
    assert np.ptp(peak_bpm(bpm, power)) < 0.1


def test_the_band_pass_keeps_the_band_in_phase() -> None:
    times = np.arange(600) / 30.0
    pulse = np.sin(2 * np.pi * 1.5 * times)
    passed = band_passed(pulse + 3 * np.sin(2 * np.pi * 0.1 * times) + 5, 30.0)
    np.testing.assert_allclose(passed[120:-120], pulse[120:-120], atol=0.02)


def test_normalising_twice_changes_nothing() -> None:
    power = np.random.default_rng(0).uniform(size=(3, 50))
    np.testing.assert_allclose(normalised(normalised(power)), normalised(power))
