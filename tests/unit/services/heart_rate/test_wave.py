import numpy as np
import pytest

from services.heart_rate.generated.pulse_wave import PulseSettings
from services.heart_rate.generated.wearable import WearableSettings, wear
from services.heart_rate.wave import estimate_wave
from shared.contracts.heart_rate import Reason


@pytest.mark.parametrize("bpm", [44.0, 62.0, 95.0, 150.0, 198.0])
@pytest.mark.parametrize("rate_hz", [20.0, 117.0])
def test_a_good_contact_gives_the_rate(bpm: float, rate_hz: float) -> None:
    worn = wear(WearableSettings(PulseSettings(bpm, wander_bpm=1.0), duration_s=20.0, rate_hz=rate_hz), 1)
    said = estimate_wave(worn.times_s, worn.wave)
    assert said.bpm == pytest.approx(worn.bpm.mean(), abs=0.7)
    assert said.bpm_low < worn.bpm.mean() < said.bpm_high


def test_a_minute_gives_variability_and_breathing_too() -> None:
    heart = PulseSettings(64.0, breaths_per_min=13.0, sinus_arrhythmia=0.04, amplitude_modulation=0.1, baseline=0.5)
    worn = wear(WearableSettings(heart, duration_s=60.0, noise=0.02, drift=0.0), 1)
    said = estimate_wave(worn.times_s, worn.wave)
    intervals_ms = 1000 * np.diff(worn.beats_s)
    assert said.hrv.sdnn_ms == pytest.approx(intervals_ms.std(ddof=1), rel=0.1)
    assert said.hrv.rmssd_ms == pytest.approx(np.sqrt(np.mean(np.diff(intervals_ms) ** 2)), rel=0.15)
    assert said.breathing_rate.per_minute == pytest.approx(13.0, abs=0.5)


@pytest.mark.parametrize("seed", range(4))
def test_a_sensor_on_no_skin_gives_nothing(seed: int) -> None:
    lying = wear(WearableSettings(PulseSettings(70.0), pulsation=0.0, noise=1.0), seed)
    said = estimate_wave(lying.times_s, lying.wave)
    assert said.bpm is None
    assert said.reason is not None


def test_unit_and_offset_do_not_matter() -> None:
    worn = wear(WearableSettings(PulseSettings(70.0)), 1)
    plain, counts = estimate_wave(worn.times_s, worn.wave), estimate_wave(worn.times_s, 512 + 40 * worn.wave)
    assert counts.candidate_bpm == pytest.approx(plain.candidate_bpm, abs=1e-6)
    assert counts.confidence == pytest.approx(plain.confidence, abs=1e-6)


def test_a_spike_does_not_drown_the_beats_beside_it() -> None:
    worn = wear(WearableSettings(PulseSettings(70.0), duration_s=12.0), 1)
    jerked = worn.wave.copy()
    jerked[200:204] += 60.0
    assert estimate_wave(worn.times_s, jerked).bpm == pytest.approx(worn.bpm.mean(), abs=1.0)


def test_beats_on_either_side_of_a_gap_give_a_rate_and_no_interval_across_it() -> None:
    worn = wear(WearableSettings(PulseSettings(70.0), duration_s=40.0), 1)
    wave = worn.wave.copy()
    wave[900:1100] = np.nan
    said = estimate_wave(worn.times_s, wave)
    assert said.bpm == pytest.approx(worn.bpm.mean(), abs=0.7)
    # The longer piece has 18 s: 21 beats at 70 bpm, not the 42 of both pieces.
    assert 18 <= said.hrv.intervals <= 22


@pytest.mark.parametrize(
    ("duration_s", "rate_hz", "reason"),
    [(3.0, 50.0, Reason.TOO_SHORT), (20.0, 4.0, Reason.FRAME_RATE_TOO_LOW), (0.0, 50.0, Reason.TOO_SHORT)],
)
def test_too_short_or_too_slow_a_wave_says_so(duration_s: float, rate_hz: float, reason: Reason) -> None:
    times = np.arange(int(duration_s * rate_hz)) / rate_hz
    assert estimate_wave(times, np.sin(7 * times)).reason is reason


def test_a_wave_that_is_never_there_is_lost() -> None:
    times = np.arange(600) / 30.0
    assert estimate_wave(times, np.full(600, np.nan)).reason is Reason.SIGNAL_LOST


def test_the_same_wave_gives_the_same_result_whatever_came_before() -> None:
    one, two = (wear(WearableSettings(PulseSettings(bpm)), 1) for bpm in (55.0, 115.0))
    alone = [estimate_wave(worn.times_s, worn.wave) for worn in (one, two)]
    assert [estimate_wave(worn.times_s, worn.wave) for worn in (two, one)] == alone[::-1]
