import numpy as np
import pytest

from services.heart_rate.generated.pulse_wave import PulseSettings, pulse_wave
from services.heart_rate.signals.resampling import Grid
from services.heart_rate.vitals.vitals import vitals_of
from shared.contracts.heart_rate import Reason

RATE = 30.0


def breathing(duration_s: float = 60.0, noise: float = 0.0, **changed: float) -> tuple[float | None, Reason | None]:
    times = np.arange(int(duration_s * RATE)) / RATE
    settings = {"sinus_arrhythmia": 0.03, "amplitude_modulation": 0.15, "baseline": 0.6} | changed
    chance = np.random.default_rng(5)
    pulse = pulse_wave(PulseSettings(72.0, **settings), times, chance)
    wave = pulse.wave + noise * chance.standard_normal(len(times))
    said, _ = vitals_of(wave, wave, np.ones(len(wave), np.bool_), Grid(0.0, RATE, len(wave)), pulse.bpm, None)
    return said.per_minute, said.reason


@pytest.mark.parametrize("breaths", [8.0, 12.0, 17.5, 24.0])
def test_breathing_is_read_from_what_it_does_to_the_pulse(breaths: float) -> None:
    assert breathing(breaths_per_min=breaths)[0] == pytest.approx(breaths, abs=0.5)


def test_two_of_the_three_signs_are_enough() -> None:
    assert breathing(breaths_per_min=15.0, baseline=0.0)[0] == pytest.approx(15.0, abs=0.5)


def test_a_pulse_without_breathing_gives_none() -> None:
    rate, reason = breathing(noise=0.3, sinus_arrhythmia=0.0, amplitude_modulation=0.0, baseline=0.0)
    assert rate is None
    assert reason in (Reason.WEAK_PULSE, Reason.METHODS_DISAGREE)


def test_half_a_minute_is_needed() -> None:
    assert breathing(duration_s=20.0) == (None, Reason.TOO_SHORT)


def test_where_the_rate_is_withheld_so_is_all_that_rests_on_its_beats() -> None:
    said, hrv = vitals_of(
        np.zeros(900), np.zeros(900), np.ones(900, np.bool_), Grid(0.0, RATE, 900), np.array([70.0]), Reason.MOTION
    )
    assert (said.per_minute, said.reason) == (None, Reason.MOTION)
    assert (hrv.sdnn_ms, hrv.reason) == (None, Reason.MOTION)


def test_the_longest_time_without_a_gap_is_taken() -> None:
    times = np.arange(2400) / RATE
    heart = PulseSettings(72.0, breaths_per_min=15.0, sinus_arrhythmia=0.03, amplitude_modulation=0.15, baseline=0.6)
    wave = pulse_wave(heart, times, np.random.default_rng(5)).wave
    known = np.ones(2400, np.bool_)
    known[:20] = known[600:700] = False
    wave[~known] = 0.0
    breathing, hrv = vitals_of(wave, wave, known, Grid(0.0, RATE, 2400), np.array([72.0]), None)
    assert breathing.per_minute == pytest.approx(15.0, abs=0.5)
    # 56.7 s at 72 bpm, and not the 19 s before the gap.
    assert 64 <= hrv.intervals <= 68
