import pytest

from services.heart_rate.minutes import MinuteRate, minute_rates
from services.heart_rate.result import nothing
from shared.contracts.heart_rate import HeartRateReport, Reason, Trend


def a_report(bpm: float | None, seconds: dict[float, tuple[float | None, float]]) -> HeartRateReport:
    """A reading of ``bpm`` whose trend has, at each second, a rate or none, and a confidence."""
    rates = tuple(rate for rate, _ in seconds.values())
    trend = Trend(
        times_s=tuple(seconds), bpm=rates, low=rates, high=rates, confidence=tuple(c for _, c in seconds.values())
    )
    reason = Reason.MOTION if bpm is None else None
    said = nothing(Reason.MOTION).model_copy(update={"bpm": bpm, "confidence": 0.9, "reason": reason, "trend": trend})
    return said.report()


def test_each_minute_is_the_mean_of_its_believed_seconds_at_its_middle() -> None:
    seconds: dict[float, tuple[float | None, float]] = {
        10.0: (60.0, 0.9),
        20.0: (70.0, 0.8),
        30.0: (None, 0.1),
        61.0: (80.0, 1.0),
        119.5: (84.0, 0.9),
        125.0: (90.0, 0.7),
    }
    assert minute_rates(a_report(75.0, seconds), 140.0) == [
        MinuteRate(30.0, 65.0, pytest.approx(0.85)),
        MinuteRate(90.0, 82.0, pytest.approx(0.95)),
        MinuteRate(130.0, 90.0, pytest.approx(0.7)),  # of the last minute the video shows 20 s
    ]


def test_a_minute_that_nothing_is_believed_of_has_no_rate() -> None:
    report = a_report(75.0, {30.0: (60.0, 0.9), 90.0: (None, 0.2), 150.0: (66.0, 0.9)})
    assert [rate.offset_s for rate in minute_rates(report, 180.0)] == [30.0, 150.0]


def test_times_do_not_depend_on_what_was_believed() -> None:
    sparse, full = (
        a_report(75.0, {float(t): (60.0 if t % every == 0 else None, 0.9) for t in range(5, 175)}) for every in (13, 1)
    )
    assert [r.offset_s for r in minute_rates(sparse, 180.0)] == [r.offset_s for r in minute_rates(full, 180.0)]


def test_a_short_video_is_one_rate_and_that_is_what_the_reading_says() -> None:
    report = a_report(72.4, {5.0: (70.0, 0.8), 8.0: (None, 0.3)})
    assert minute_rates(report, 14.0) == [MinuteRate(7.0, 72.4, 0.9)]


def test_a_withheld_reading_has_none_whatever_some_seconds_said() -> None:
    believed: dict[float, tuple[float | None, float]] = {float(t): (60.0, 0.9) for t in range(5, 175)}
    assert minute_rates(a_report(None, believed), 180.0) == []
    assert minute_rates(a_report(None, {}), 14.0) == []
