import numpy as np
import pytest

from services.heart_rate.quality.confidence import model_of
from services.heart_rate.quality.judgement import Judgement, judged
from services.heart_rate.tracking.path import Track
from shared.contracts.heart_rate import Reason

BPM = np.arange(40.0, 241.0, 1.0)
MODEL = model_of(
    {
        "features": {
            "snr_db": {"mean": 0.0, "scale": 1.0, "knot": 0.0, "above": 1.0, "below": 1.0, "usual": 10.0},
        },
        "intercept": 0.0,
        "threshold": 0.9,
        "interval_scale": 0.5,
    }
)


def judge(rate: list[float], snr_db: list[float], usable: list[bool] | None = None) -> Judgement:
    rates = np.array(rate)
    posterior = np.exp(-0.5 * ((BPM - rates[:, None]) / 2) ** 2) + 1e-3  # a line, and some doubt everywhere
    track = Track(np.abs(BPM - rates[:, None]).argmin(axis=1), posterior / posterior.sum(axis=1, keepdims=True))
    seen = np.ones(len(rate), np.bool_) if usable is None else np.array(usable)
    features = {"snr_db": np.array(snr_db)}
    return judged(MODEL, BPM, track, rates, features, seen, 5.0 + np.arange(len(rate), dtype=float))


def test_windows_count_by_their_signal_to_noise_ratio() -> None:
    # 10 dB against 0 dB: ten against one.
    said = judge([70.0, 81.0], [10.0, 0.0])
    assert said.bpm == pytest.approx((10 * 70 + 81) / 11)
    assert said.quality["snr_db"] == pytest.approx(100 / 11)


def test_a_window_without_a_face_does_not_count() -> None:
    said = judge([70.0, 200.0], [5.0, 20.0], [True, False])
    assert said.bpm == pytest.approx(70.0)
    assert said.trend.bpm == (70.0, None)
    assert said.trend.confidence[1] == 0.0


def test_below_the_threshold_there_is_no_number_but_a_reason() -> None:
    said = judge([70.0], [2.0])
    assert said.confidence == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert (said.bpm, said.low, said.high, said.reason) == (None, None, None, Reason.WEAK_PULSE)
    assert said.candidate_bpm == 70.0


def test_the_band_is_the_posteriors_middle_about_the_rate_scaled() -> None:
    said = judge([100.0], [10.0])
    # 1.645 standard deviations of 2 bpm and a little for the doubt nearby, halved.
    assert said.high - said.low == pytest.approx(3.3, abs=1.0)
    assert said.low < 100.0 < said.high


def test_a_window_is_held_to_the_same_threshold() -> None:
    said = judge([70.0, 71.0, 72.0], [10.0, -3.0, 10.0])
    assert [rate is None for rate in said.trend.bpm] == [False, True, False]
