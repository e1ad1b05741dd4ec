"""Vital signs: taken in once, in known units, within what can be; and each batch asks for one assessment."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from shared.contracts.states import EventType, Role
from shared.database.tables import AuditEntry, Event, OutboxMessage
from tests.fixtures.vitals import (
    AT,
    DIASTOLIC,
    GCS,
    GLUCOSE,
    HEART_RATE,
    SYSTOLIC,
    TEMPERATURE,
    Monitor,
    a_vital,
    refused,
)


def test_a_value_comes_back_as_it_was_measured(monitor: Monitor):
    answer = monitor.send(a_vital(quality=0.9))
    assert (answer.status_code, answer.json()["stored"], answer.json()["duplicates"]) == (202, 1, 0)
    (shown,) = monitor.shown()
    assert {name: shown[name] for name in ("kind", "value", "unit", "quality", "device")} == {
        "kind": HEART_RATE,
        "value": 71,
        "unit": "/min",
        "quality": 0.9,
        "device": "monitor-1",
    }
    assert datetime.fromisoformat(shown["measured_at"]) == AT


@pytest.mark.parametrize(
    ("kind", "value", "unit", "stored", "stored_unit"),
    [
        (TEMPERATURE, 98.6, "[degF]", 37.0, "Cel"),
        (TEMPERATURE, 310.15, "K", 37.0, "Cel"),
        (SYSTOLIC, 16.0, "kPa", 120.01, "mm[Hg]"),
        (GLUCOSE, 133.0, "mg/dL", 7.382, "mmol/L"),
        (HEART_RATE, 71, "{beats}/min", 71, "/min"),
    ],
)
def test_other_units_are_stored_as_the_one(monitor: Monitor, kind, value, unit, stored, stored_unit):
    assert monitor.send(a_vital(kind, value, unit)).status_code == 202
    (shown,) = monitor.shown()
    assert shown["value"] == pytest.approx(stored, abs=0.005)
    assert shown["unit"] == stored_unit


def test_what_a_device_sends_twice_is_stored_once_and_another_devices_beside_it(monitor: Monitor):
    later = a_vital(measured_at=(AT + timedelta(seconds=5)).isoformat())
    monitor.send(a_vital())
    answer = monitor.send(a_vital(value=99), later, later)
    assert (answer.json()["stored"], answer.json()["duplicates"]) == (1, 2)
    assert monitor.send(a_vital(value=73), device="watch").json()["stored"] == 1
    assert sorted(vital["value"] for vital in monitor.shown()) == [71, 71, 73]


def test_a_repeat_alone_asks_for_nothing(monitor: Monitor):
    monitor.send(a_vital())
    assert monitor.send(a_vital()).json()["assessment"] is None


def test_many_batches_ask_for_one_assessment_while_it_waits(monitor: Monitor):
    for second in range(4):
        monitor.send(a_vital(measured_at=(AT + timedelta(seconds=second)).isoformat()))
    assert len(monitor.assessments()) == 1
    with monitor.gateway.database.reading() as session:
        assert len(session.scalars(select(OutboxMessage)).all()) == 1


@pytest.mark.parametrize(
    ("vital", "field", "said"),
    [
        (a_vital(value=500), "vitals.0.value", "heart rate lies from 20 to 300 /min"),
        (a_vital(value=-1), "vitals.0.value", "lies from"),
        (a_vital(unit="Hz"), "vitals.0.unit", "heart rate is taken in /min"),
        (a_vital(TEMPERATURE, 98.6, "Cel"), "vitals.0.value", "is the unit right"),
        (a_vital(GCS, 14.5, "{score}"), "vitals.0.value", "whole number"),
        (a_vital(kind="0000-0"), "vitals.0.kind", "should be"),
        (a_vital(quality=1.5), "vitals.0.quality", "less than or equal to 1"),
        (a_vital(measured_at="2999-01-01T00:00:00Z"), "vitals.0.measured_at", "and now"),
        (a_vital(measured_at="2025-01-01T00:00:00"), "vitals.0.measured_at", "timezone"),
        (a_vital(patient_id="6c1c9e0e-0000-4000-8000-000000000000"), "vitals.0.patient_id", "another patient"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(refused_monitor: Monitor, vital, field, said):
    wrong = refused(refused_monitor.send(vital))
    assert list(wrong) == [field]
    assert said in wrong[field]
    assert refused_monitor.shown() == []


def test_a_diastolic_pressure_above_the_systolic_of_the_same_time_is_refused(refused_monitor: Monitor):
    answer = refused_monitor.send(a_vital(SYSTOLIC, 80, "mm[Hg]"), a_vital(DIASTOLIC, 120, "mm[Hg]"))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "field": "vitals.1.value",
            "message": "the diastolic pressure is not below the systolic of the same time",
        }
    ]


def test_two_values_of_one_kind_at_one_time_contradict_each_other(refused_monitor: Monitor):
    answer = refused_monitor.send(a_vital(value=70), a_vital(value=90))
    assert answer.json()["errors"][0]["field"] == "vitals.1.value"


def test_values_are_listed_by_kind_the_latest_first(monitor: Monitor):
    early, late = a_vital(value=60), a_vital(value=90, measured_at=(AT + timedelta(minutes=1)).isoformat())
    monitor.send(early, late, a_vital(TEMPERATURE, 37, "Cel"))
    assert [vital["value"] for vital in monitor.shown(kind=HEART_RATE)] == [90, 60]


def test_viewers_read_and_do_not_write(monitor: Monitor):
    viewer = monitor.gateway.client(Role.VIEWER)
    body = {"patient_id": monitor.patient, "device": "d", "vitals": [a_vital()]}
    assert viewer.post("/api/v1/vitals", json=body).status_code == 403
    assert viewer.get(f"/api/v1/patients/{monitor.patient}/vitals").status_code == 200


def test_nothing_is_added_to_an_archived_patient(monitor: Monitor):
    monitor.gateway.client().delete(f"/api/v1/patients/{monitor.patient}")
    assert monitor.send(a_vital()).json()["code"] == "patient_archived"


def test_a_correction_takes_the_place_of_what_was_sent_before(monitor: Monitor):
    monitor.send(a_vital(value=27))
    answer = monitor.send(a_vital(value=71, corrects=True))
    assert (answer.json()["stored"], answer.json()["duplicates"]) == (1, 0)
    assert [vital["value"] for vital in monitor.shown()] == [71]
    assert monitor.send(a_vital(value=71, corrects=True)).json()["duplicates"] == 1
    with monitor.gateway.database.reading() as session:
        stored = list(session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "vitals.stored")))
    assert [detail.get("corrections") for detail in stored] == [None, 1]


def test_a_correction_of_what_never_came_is_stored(monitor: Monitor):
    assert monitor.send(a_vital(corrects=True)).json()["stored"] == 1


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_an_unknown_form_is_refused_with_those_that_are_known(refused_monitor: Monitor, media_type: str):
    answer = refused_monitor.client.post("/api/v1/vitals", content=b"{}", headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "vitals_form_unknown")
    assert "application/json, text/csv, application/fhir+json" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'{"vitals": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_batch_is_refused(refused_monitor: Monitor, body: bytes):
    answer = refused_monitor.client.post("/api/v1/vitals", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


def test_who_measured_stands_in_one_place(refused_monitor: Monitor):
    answer = refused_monitor.client.post("/api/v1/vitals", params={"device": "other"}, json={"vitals": []})
    assert refused(answer) == {"device": "stands in the body of a JSON batch, not in the address"}


def test_more_values_than_a_batch_may_hold_are_refused(refused_monitor: Monitor):
    assert "at most 1000" in refused(refused_monitor.send(*[a_vital()] * 1001))["vitals"]


def test_the_key_of_a_batch_repeats_its_answer(monitor: Monitor):
    body = {"patient_id": monitor.patient, "device": "monitor-1", "vitals": [a_vital()]}
    send = [monitor.client.post("/api/v1/vitals", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.json()["stored"] for answer in send] == [1, 1]
    assert send[1].headers["Idempotency-Replayed"] == "true"


def test_heart_rates_that_contradict_each_other_are_told_at_once(monitor: Monitor):
    monitor.send(*monitor.rates((2, 80)))
    monitor.send(*monitor.rates((2, 120)), device="watch", source="wearable")
    with monitor.gateway.database.reading() as session:
        told = list(session.scalars(select(Event).where(Event.type == EventType.HEART_RATES_DISAGREE)))
    assert [event.payload["difference_bpm"] for event in told] == [40]
    [alert] = monitor.client.get("/api/v1/alerts").json()["items"]
    assert (alert["code"], alert["level"]) == ("heart_rates_disagree", "warning")
