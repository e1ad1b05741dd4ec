import numpy as np
import pytest

from services.heart_rate.vitals.beats import Beats
from services.heart_rate.vitals.hrv import accepted, variability
from shared.contracts.heart_rate import Reason


def beating(intervals_ms: list[float], likeness: float = 0.98) -> Beats:
    times = np.concatenate([[0.0], np.cumsum(intervals_ms)]) / 1000
    return Beats(times, np.ones(len(times)), likeness)


def test_sdnn_and_rmssd_are_those_worked_by_hand() -> None:
    # Alternating 790 and 810: differences of 20, deviations of 10 from the mean, 24 intervals.
    said = variability(beating([790.0, 810.0] * 12))
    assert said.rmssd_ms == pytest.approx(20.0)
    assert said.sdnn_ms == pytest.approx(10 * np.sqrt(24 / 23))
    assert said.intervals == 24
    assert said.reason is None


def test_a_missed_beat_counts_for_nothing() -> None:
    said = variability(beating([790.0, 810.0] * 8 + [1600.0] + [790.0, 810.0] * 8))
    assert said.intervals == 32
    # Neither difference with the long interval counts, and 20 ms is left.
    assert said.rmssd_ms == pytest.approx(20.0)


def test_too_few_beats_say_nothing() -> None:
    said = variability(beating([800.0] * 19))
    assert (said.sdnn_ms, said.rmssd_ms, said.reason) == (None, None, Reason.TOO_FEW_BEATS)


def test_too_many_missed_beats_say_so() -> None:
    assert variability(beating(([800.0] * 4 + [1600.0]) * 8)).reason is Reason.IRREGULAR_BEATS


def test_beats_that_noise_has_moved_are_not_measured() -> None:
    assert variability(beating([790.0, 810.0] * 12, likeness=0.6)).reason is Reason.WEAK_PULSE


def test_a_rate_that_drifts_is_no_outlier() -> None:
    assert accepted(np.linspace(1000, 500, 60)).all()


def test_no_interval_is_no_error() -> None:
    assert variability(Beats(np.zeros(0), np.zeros(0), 0.0)).reason is Reason.TOO_FEW_BEATS
