"""The clocks of devices: put right by the time at which they say to send, and refused where they were never set."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.vitals.clocks import DeviceClockWrongError, clock_skew
from tests.fixtures.vitals import AT, TEMPERATURE, Monitor, a_vital, refused


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("sent_s_ago", "skew_s"),
    [(0, 0), (3, 0), (-3, 0), (5, 0), (5.1, 5.1), (-5.1, -5.1), (1440, 1440), (86400, 86400), (-86400, -86400)],
)
def test_what_the_network_takes_is_no_skew_and_more_is(sent_s_ago: float, skew_s: float):
    assert clock_skew(AT - seconds(sent_s_ago), arrived_at=AT) == seconds(skew_s)


def test_a_device_that_does_not_tell_its_time_has_no_known_skew():
    assert clock_skew(None, AT) is None


@pytest.mark.parametrize("days", [1.01, -1.01, 20000])
def test_a_clock_of_another_day_was_never_set(days: float):
    with pytest.raises(DeviceClockWrongError, match="set the clock"):
        clock_skew(AT - timedelta(days=days), AT)


@pytest.mark.parametrize("late_s", [24 * 60, -24 * 60], ids=["slow", "fast"])
def test_a_value_is_stored_by_the_platforms_clock_and_keeps_the_devices(monitor: Monitor, late_s: int):
    sent_at = now() - seconds(late_s)
    device_time = sent_at - seconds(60)
    answer = monitor.send(a_vital(measured_at=device_time.isoformat()), sent_at=sent_at.isoformat())
    assert answer.json()["stored"] == 1
    [shown] = monitor.shown()
    measured_at, kept = (datetime.fromisoformat(shown[name]) for name in ("measured_at", "device_time"))
    assert kept == device_time
    assert measured_at - kept == seconds(shown["clock_skew_s"])
    # What the request itself took is in it, too.
    assert late_s <= shown["clock_skew_s"] < late_s + 60
    assert now() - seconds(120) < measured_at <= now() - seconds(59)


def test_a_clock_that_is_right_is_left_alone(monitor: Monitor):
    sent_at = now() + seconds(4)  # this request may take four seconds, and a clock be one ahead
    monitor.send(a_vital(measured_at=AT.isoformat()), sent_at=sent_at.isoformat())
    [shown] = monitor.shown()
    assert (shown["clock_skew_s"], shown["measured_at"]) == (0, shown["device_time"])


def test_without_the_devices_time_its_values_are_taken_as_they_stand(monitor: Monitor):
    monitor.send(a_vital())
    [shown] = monitor.shown()
    assert (shown["clock_skew_s"], shown["measured_at"]) == (None, shown["device_time"])


def test_what_is_sent_again_with_another_skew_is_known_by_the_devices_time(monitor: Monitor):
    vital = a_vital(measured_at=(now() - seconds(3600)).isoformat())
    assert monitor.send(vital).json()["stored"] == 1
    for skew_s in (600, 601, -300):
        again = monitor.send(vital, sent_at=(now() - seconds(skew_s)).isoformat())
        assert (again.json()["stored"], again.json()["duplicates"]) == (0, 1)


def test_a_clock_ahead_explains_a_value_ahead(monitor: Monitor):
    ahead = a_vital(measured_at=(now() + timedelta(hours=2) - seconds(30)).isoformat())
    [said] = refused(monitor.send(ahead)).values()
    assert said == "must lie between 1900 and now; send sent_at, the device's clock at sending"
    assert monitor.send(ahead, sent_at=(now() + timedelta(hours=2)).isoformat()).json()["stored"] == 1
    [shown] = monitor.shown()
    assert datetime.fromisoformat(shown["measured_at"]) <= now()


def test_nothing_is_measured_after_it_was_sent(refused_monitor: Monitor):
    sent_at = now() - timedelta(hours=2)
    after = a_vital(measured_at=(sent_at + seconds(300)).isoformat())
    wrong = refused(refused_monitor.send(a_vital(TEMPERATURE, 37, "Cel"), after, sent_at=sent_at.isoformat()))
    assert wrong == {"vitals.1.measured_at": "must lie between 1900 and now; it lies after sent_at"}
    assert refused_monitor.shown() == []


@pytest.mark.parametrize("sent_at", ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_device_whose_clock_was_never_set_is_told_so(refused_monitor: Monitor, sent_at: str):
    answer = refused_monitor.send(a_vital(measured_at=sent_at), sent_at=sent_at)
    assert (answer.status_code, answer.json()["code"]) == (422, "device_clock_wrong")
    assert refused_monitor.shown() == []


@pytest.mark.parametrize(
    "time", ["2025-03-04T05:06:07", "2025-03-04", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]
)
@pytest.mark.parametrize("field", ["sent_at", "measured_at"])
def test_a_time_that_is_no_instant_is_refused(refused_monitor: Monitor, time: str, field: str):
    times = {"sent_at": now().isoformat(), "measured_at": AT.isoformat(), field: time}
    wrong = refused(refused_monitor.send(a_vital(measured_at=times["measured_at"]), sent_at=times["sent_at"]))
    assert [place.split(".")[-1] for place in wrong] == [field]
