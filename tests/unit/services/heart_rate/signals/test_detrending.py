import numpy as np
import pytest

from services.heart_rate.signals.detrending import detrended, smoothness


def dense(signal: np.ndarray, regularisation: float) -> np.ndarray:
    """Tarvainen's equation 13 as it stands, with the inverse that the banded solver spares."""
    count = len(signal)
    second = np.diff(np.eye(count), n=2, axis=0)
    return signal - np.linalg.inv(np.eye(count) + regularisation**2 * second.T @ second) @ signal


@pytest.mark.parametrize("count", [5, 6, 40, 301])
@pytest.mark.parametrize("regularisation", [1.0, 10.0, 150.0])
def test_it_is_the_dense_inverse(count: int, regularisation: float) -> None:
    signal = np.random.default_rng(count).standard_normal(count).cumsum()
    np.testing.assert_allclose(detrended(signal, regularisation), dense(signal, regularisation), atol=1e-8)


def test_a_batch_is_its_signals_one_by_one() -> None:
    signals = np.random.default_rng(0).standard_normal((2, 3, 60))
    together = detrended(signals, 20.0)
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(together[index], detrended(signals[index], 20.0), atol=1e-12)


def test_a_straight_line_leaves_nothing() -> None:
    assert np.abs(detrended(5 + 0.3 * np.arange(200), 100.0)).max() < 1e-6


def test_the_cut_off_is_halved_and_the_slowest_pulse_kept() -> None:
    times = np.arange(3000) / 30.0
    middle = slice(1000, 2000)
    for frequency, lowest, highest in ((0.4, 0.48, 0.52), (40 / 60, 0.85, 0.92), (2.0, 0.99, 1.001), (0.1, 0.0, 0.01)):
        sine = np.sin(2 * np.pi * frequency * times)
        left = detrended(sine, smoothness(30.0))[middle].std() / sine[middle].std()
        assert lowest <= left <= highest


def test_too_short_a_signal_loses_its_mean() -> None:
    np.testing.assert_allclose(detrended(np.array([1.0, 2.0, 6.0]), 10.0), [-2.0, -1.0, 3.0])
