import numpy as np
import pytest

from services.heart_rate.tracking.rate import refined

BPM = np.arange(40.0, 240.5, 0.5)


def test_the_line_near_the_path_is_taken_between_the_bins() -> None:
    power = np.exp(-0.5 * ((BPM - 81.2) / 4) ** 2)[None]
    path = np.array([int(np.argmin(np.abs(BPM - 79)))])
    assert refined(BPM, power, path)[0] == pytest.approx(81.2, abs=0.01)


def test_a_line_elsewhere_does_not_draw_the_path_away() -> None:
    power = np.exp(-0.5 * ((BPM - 95) / 4) ** 2)[None]
    path = np.array([int(np.argmin(np.abs(BPM - 79)))])
    assert refined(BPM, power, path)[0] == 79.0
