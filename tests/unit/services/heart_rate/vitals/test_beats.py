import numpy as np
import pytest

from services.heart_rate.generated.pulse_wave import PulseSettings, pulse_wave
from services.heart_rate.vitals.beats import beats_of


def a_wave(
    bpm: float, rate_hz: float = 30.0, duration_s: float = 30.0, **changed: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    times = np.arange(int(duration_s * rate_hz)) / rate_hz
    pulse = pulse_wave(PulseSettings(bpm, **changed), times, np.random.default_rng(2))
    return pulse.wave, pulse.beats_s, pulse.bpm


@pytest.mark.parametrize("bpm", [48.0, 75.0, 120.0, 180.0])
@pytest.mark.parametrize("second", [0.1, 0.7])
def test_intervals_at_30_hz_are_right_to_three_milliseconds(bpm: float, second: float) -> None:
    wave, _, rates = a_wave(bpm, second=second)
    times = beats_of(wave, 0.0, 30.0, rates).times_s
    inner = times[(times > 4) & (times < 26)]
    np.testing.assert_allclose(np.diff(inner), 60 / bpm, atol=0.003)


def test_variability_is_that_of_the_true_beats() -> None:
    wave, true, rates = a_wave(66, duration_s=60.0, sinus_arrhythmia=0.05)
    found = beats_of(wave, 0.0, 30.0, rates).times_s
    assert np.diff(found).std() == pytest.approx(np.diff(true).std(), rel=0.1)


def test_a_dicrotic_wave_is_no_beat() -> None:
    times = np.arange(900) / 30.0
    phase = times % 1.0
    wave = np.exp(-0.5 * ((phase - 0.3) / 0.08) ** 2) + 0.5 * np.exp(-0.5 * ((phase - 0.65) / 0.08) ** 2)
    assert len(beats_of(wave, 0.0, 30.0, np.array([60.0])).times_s) == 30


def test_beats_of_a_clean_wave_look_alike_and_those_of_noise_do_not() -> None:
    wave, _, rates = a_wave(70)
    noise = np.random.default_rng(0).standard_normal(900)
    assert beats_of(wave, 0.0, 30.0, rates).likeness > 0.97
    assert beats_of(noise, 0.0, 30.0, rates).likeness < 0.85


def test_times_start_where_the_recording_does() -> None:
    wave, _, rates = a_wave(70)
    np.testing.assert_allclose(
        beats_of(wave, 100.0, 30.0, rates).times_s, beats_of(wave, 0.0, 30.0, rates).times_s + 100
    )


def test_nothing_beats_in_a_flat_line() -> None:
    found = beats_of(np.zeros(300), 0.0, 30.0, np.array([70.0]))
    assert len(found.times_s) == 0
    assert found.likeness == 0.0
