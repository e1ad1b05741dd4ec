import numpy as np

from services.heart_rate.tracking.harmonics import harmonic_score

BPM = np.arange(40.0, 240.5, 0.5)


def lines(**powers: float) -> np.ndarray:
    """A spectrum of lines, ``b90=1.0`` being one at 90 bpm, on a low floor."""
    spectrum = np.full(len(BPM), 1e-4)
    for name, power in powers.items():
        spectrum += power * np.exp(-0.5 * ((BPM - float(name[1:])) / 3) ** 2)
    return spectrum / spectrum.sum()


def best(spectrum: np.ndarray) -> float:
    return float(BPM[harmonic_score(BPM, spectrum).argmax()])


def test_a_slow_pulse_wins_over_its_own_stronger_harmonic() -> None:
    assert abs(best(lines(b45=1.0, b90=1.6, b135=0.3)) - 45) <= 1


def test_a_fast_pulse_is_not_halved() -> None:
    for rate in (180, 190, 200):
        assert abs(best(lines(**{f"b{rate}": 1.0})) - rate) <= 1
        assert abs(best(lines(**{f"b{rate}": 1.0, f"b{rate // 2}": 0.1})) - rate) <= 1


def test_a_fast_pulse_with_a_harmonic_outside_the_band_keeps_its_own_line() -> None:
    assert abs(best(lines(b150=1.0, b60=0.7)) - 150) <= 1


def test_it_is_the_sum_worked_by_hand() -> None:
    power = np.zeros(len(BPM))
    power[BPM == 60] = 0.5
    power[BPM == 120] = 0.3
    power[BPM == 100] = 0.2
    score = harmonic_score(BPM, power)
    np.testing.assert_allclose([score[rate == BPM].item() for rate in (60, 120, 100)], np.array([0.8, 0.3, 0.2]) / 1.3)


def test_it_sums_to_one_for_each_spectrum_of_a_batch() -> None:
    power = np.random.default_rng(0).uniform(size=(2, 3, len(BPM)))
    np.testing.assert_allclose(harmonic_score(BPM, power).sum(axis=-1), 1.0)
