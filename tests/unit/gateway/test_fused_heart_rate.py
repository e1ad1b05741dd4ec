"""A patient's heart rate from everything that measures it, minute by minute, as the page draws it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from shared.contracts.states import Role
from shared.database.tables import AuditEntry
from tests.fixtures.vitals import TEMPERATURE, Monitor, a_vital


def answered(monitor: Monitor, **query: float):
    return monitor.client.get(f"/api/v1/patients/{monitor.patient}/heart-rate", params=query)


def test_devices_are_fused_by_how_far_they_are_believed(monitor: Monitor):
    monitor.send(*monitor.rates((5, 80)))
    monitor.send(*monitor.rates((5, 86)), device="watch", source="wearable")
    [point] = answered(monitor).json()["points"]
    assert point["bpm"] == pytest.approx(80 + 6 / 17)  # σ 1.5 and 6: weights 16 to 1
    assert point["low"] < 80 < 82 < point["high"]
    assert (point["disagreement_bpm"], point["disagrees"]) == (6, False)
    assert point["sources"] == [
        {"source": "monitor", "device": "monitor-1", "bpm": 80, "quality": 1},
        {"source": "wearable", "device": "watch", "bpm": 86, "quality": 0.5},
    ]
    assert datetime.fromisoformat(point["at"]) == monitor.ago(5).replace(second=0)


def test_a_disagreement_is_flagged_and_its_band_holds_both(monitor: Monitor):
    monitor.send(*monitor.rates((5, 80)))
    monitor.send(*monitor.rates((5, 120), quality=0.95), device="camera", source="rppg")
    [point] = answered(monitor).json()["points"]
    assert (point["bpm"], point["disagreement_bpm"], point["disagrees"]) == (80, 40, True)
    assert point["low"] < 80 < 120 < point["high"]


def test_minutes_are_in_order_and_those_without_a_measurement_have_none(monitor: Monitor):
    monitor.send(
        *monitor.rates((1, 90), (9, 70), (4, 80)),
        a_vital(TEMPERATURE, 37, "Cel", measured_at=monitor.ago(6).isoformat()),
    )
    answer = answered(monitor).json()
    assert [point["bpm"] for point in answer["points"]] == [70, 80, 90]
    assert answer["latest"] == answer["points"][-1]
    assert answer["latest"]["disagreement_bpm"] is None


def test_only_the_hours_asked_for_are_told(monitor: Monitor):
    monitor.send(*monitor.rates((30, 70), (90, 80), (25 * 60, 90)))
    told = {hours: [p["bpm"] for p in answered(monitor, hours=hours).json()["points"]] for hours in (1, 2, 48)}
    assert told == {1: [70], 2: [80, 70], 48: [90, 80, 70]}
    assert [p["bpm"] for p in answered(monitor).json()["points"]] == [80, 70]


def test_what_nobody_measured_is_not_made_up(monitor: Monitor):
    assert answered(monitor).json() == {"latest": None, "points": []}


def test_a_clock_that_was_put_right_brings_two_devices_together(monitor: Monitor):
    monitor.send(*monitor.rates((3, 80)))
    fast = [
        vital | {"measured_at": (monitor.ago(3) + timedelta(minutes=40)).isoformat()}
        for vital in monitor.rates((3, 84))
    ]
    sent_at = datetime.now(UTC) + timedelta(minutes=40)
    answer = monitor.send(*fast, device="watch", source="wearable", sent_at=sent_at.isoformat())
    assert answer.json()["stored"] == 1
    [point] = answered(monitor).json()["points"]
    assert [source["device"] for source in point["sources"]] == ["monitor-1", "watch"]


@pytest.mark.parametrize("hours", [0, -1, 73, "nan"])
def test_the_hours_have_bounds(monitor: Monitor, hours: float):
    assert answered(monitor, hours=hours).status_code == 422


def test_everyone_signed_in_may_read_and_it_is_on_record(monitor: Monitor):
    viewer = monitor.gateway.client(Role.VIEWER)
    assert viewer.get(f"/api/v1/patients/{monitor.patient}/heart-rate").status_code == 200
    assert viewer.get(f"/api/v1/patients/{uuid4()}/heart-rate").json()["code"] == "not_found"
    with monitor.gateway.database.reading() as session:
        read = list(session.scalars(select(AuditEntry.resource).where(AuditEntry.action == "heart_rate.read")))
    assert read == [f"patient/{monitor.patient}"]
