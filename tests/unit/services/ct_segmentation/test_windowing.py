import numpy as np

from services.ct_segmentation.windowing import brain_window, window_to_hu


def test_the_window_runs_from_0_to_80_hu_and_saturates_beyond() -> None:
    hu = np.array([[-1000, 0, 16, 40, 80, 1200]], np.int16)
    assert brain_window(hu).tolist() == [[0, 0, 51, 128, 255, 255]]


def test_windowed_values_come_back_within_half_a_grey_level() -> None:
    hu = np.linspace(0, 80, 200, dtype=np.float32).reshape(2, 100)
    assert np.abs(window_to_hu(brain_window(hu)) - hu).max() <= 80 / 255 / 2 + 1e-5
