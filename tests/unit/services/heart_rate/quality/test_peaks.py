import numpy as np
import pytest

from services.heart_rate.quality import peaks

BPM = np.arange(40.0, 241.0, 1.0)


def spectrum(**lines: float) -> np.ndarray:
    power = np.zeros(len(BPM))
    for name, value in lines.items():
        power[float(name[1:]) == BPM] = value
    return power


def test_snr_is_the_power_at_the_rate_and_its_double_over_the_rest() -> None:
    power = spectrum(b70=6.0, b140=2.0, b100=1.0, b200=1.0)
    assert peaks.snr_db(BPM, power, np.array(70.0)) == pytest.approx(10 * np.log10(8 / 2))


def test_a_line_at_its_very_edge_counts_and_one_beyond_does_not() -> None:
    power = spectrum(b76=1.0, b77=1.0)
    assert peaks.snr_db(BPM, power, np.array(70.0)) == pytest.approx(0.0, abs=1e-6)


def test_prominence_compares_with_the_best_rival_that_is_no_harmonic() -> None:
    score = spectrum(b70=0.6, b141=0.5, b78=0.45, b110=0.2)
    assert peaks.prominence(BPM, score[None], np.array([70.0]))[0] == pytest.approx(np.log(3.0), abs=1e-6)


def test_a_line_left_at_half_the_rate_where_something_was_taken_off_speaks_against_it() -> None:
    power = np.tile(spectrum(b73=0.25, b147=0.5), (3, 1))
    said = peaks.half_line(BPM, power, np.array([147.0, 147.0, 73.0]), np.array([True, False, True]))
    np.testing.assert_allclose(said, [np.log(0.5), -5, -5])


def test_methods_agree_where_their_own_best_rates_do() -> None:
    power = np.stack([spectrum(b70=1.0), spectrum(b74=1.0), spectrum(b120=1.0), spectrum(b69=1.0)])[None]
    assert peaks.agreeing(BPM, power, np.array([70.0]))[0] == 0.75
    counted = np.array([[True, False, True, False]])
    assert peaks.agreeing(BPM, power, np.array([70.0]), counted)[0] == 0.5


def test_regions_in_phase_are_coherent_and_opposite_ones_are_not() -> None:
    phasors = np.zeros((3, 4, len(BPM)), complex)
    phasors[0, :, 7] = [1, 1, 1, 1]
    phasors[1, :, 7] = [1, -1, 1, -1]
    phasors[2, :, 7] = [1, 1j, 0, 0]
    at, seen = np.full(3, 7), np.ones((3, 4), bool)
    seen[2, 2:] = False
    np.testing.assert_allclose(peaks.coherence(phasors, seen, at), [1.0, 0.0, 0.5])


def test_one_region_alone_proves_no_coherence() -> None:
    assert peaks.coherence(np.ones((1, 4, 9), complex), np.array([[True, False, False, False]]), np.array([3]))[0] == 0


def test_bloods_colour_is_known_whatever_brightness_beats_with_it() -> None:
    colours = np.zeros((3, 3, 5), complex)
    colours[0, :, 2] = 1j * np.array([0.33, 0.77, 0.53])
    colours[1, :, 2] = np.array([0.33, 0.77, 0.53]) + 4.0
    colours[2, :, 2] = [1.0, 1.0, -2.0]  # blue against the rest: no blood
    likeness = peaks.signature(colours, np.full(3, 2))
    np.testing.assert_allclose(likeness[:2], 1.0, atol=1e-4)
    assert likeness[2] < 0.2


def test_a_beat_that_returns_is_periodic_and_noise_is_not() -> None:
    times = np.arange(300) / 30.0
    chance = np.random.default_rng(0)
    beat = np.exp(-0.5 * (((times * 1.2) % 1 - 0.3) / 0.1) ** 2)
    pulses = np.stack([beat, chance.standard_normal(300)])
    found = peaks.periodicity(pulses, 30.0, np.array([72.0, 72.0]))
    assert found[0] > 0.97
    assert abs(found[1]) < 0.3


def test_half_the_lag_of_a_beat_is_not_its_period() -> None:
    times = np.arange(300) / 30.0
    assert peaks.periodicity(np.sin(2 * np.pi * 1.2 * times)[None], 30.0, np.array([144.0]))[0] < -0.9
