import numpy as np

from services.heart_rate.signals.windows import overlap_added, windowed


def test_windows_are_the_runs_that_lie_a_hop_apart() -> None:
    np.testing.assert_array_equal(windowed(np.arange(7.0), 3, 2), [[0, 1, 2], [2, 3, 4], [4, 5, 6]])


def test_windows_of_one_signal_add_up_to_it() -> None:
    signal = np.random.default_rng(0).standard_normal(100)
    windows = windowed(signal, 30, 10)
    np.testing.assert_allclose(overlap_added(windows, 10, 100, np.ones(len(windows))), signal)


def test_a_window_without_weight_is_not_heard() -> None:
    windows = np.array([[1.0, 1.0], [7.0, 7.0], [3.0, 3.0]])
    np.testing.assert_allclose(overlap_added(windows, 2, 7, np.array([1.0, 0.0, 2.0])), [1, 1, 0, 0, 3, 3, 0])
