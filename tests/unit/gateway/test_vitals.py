"""Vital signs: taken in once, in known units, within what can be; and each batch asks for one assessment."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.contracts.names import JobKind
from shared.contracts.states import Role
from shared.database.tables import Job, OutboxMessage
from tests.fixtures.gateway import Gateway, a_patient

AT = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
HEART_RATE, SYSTOLIC, DIASTOLIC, TEMPERATURE, GLUCOSE, GCS = "8867-4", "8480-6", "8462-4", "8310-5", "15074-8", "9269-2"


def a_vital(kind: str = HEART_RATE, value: float = 71, unit: str = "/min", **fields: object) -> dict[str, object]:
    return {"kind": kind, "value": value, "unit": unit, "measured_at": AT.isoformat(), **fields}


class Monitor:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.client = gateway, gateway.client(Role.CLINICIAN)
        self.patient = self.client.post("/api/v1/patients", json=a_patient()).json()["id"]

    def send(self, *vitals: dict[str, object], device: str = "monitor-1"):
        body = {"patient_id": self.patient, "device": device, "vitals": list(vitals)}
        return self.client.post("/api/v1/vitals", json=body)

    def shown(self, **query: str) -> list[dict[str, object]]:
        return self.client.get(f"/api/v1/patients/{self.patient}/vitals", params=query).json()["items"]

    def assessments(self) -> list[Job]:
        with self.gateway.database.reading() as session:
            return list(session.scalars(select(Job).where(Job.kind == JobKind.RISK_ASSESS)))


@pytest.fixture
def monitor(gateway: Gateway) -> Monitor:
    return Monitor(gateway)


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
def test_what_cannot_be_is_refused_by_its_field(monitor: Monitor, vital, field, said):
    answer = monitor.send(vital)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert said in answer.json()["errors"][0]["message"]
    assert monitor.shown() == []


def test_a_diastolic_pressure_above_the_systolic_of_the_same_time_is_refused(monitor: Monitor):
    answer = monitor.send(a_vital(SYSTOLIC, 80, "mm[Hg]"), a_vital(DIASTOLIC, 120, "mm[Hg]"))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "field": "vitals.1.value",
            "message": "the diastolic pressure is not below the systolic of the same time",
        }
    ]


def test_two_values_of_one_kind_at_one_time_contradict_each_other(monitor: Monitor):
    answer = monitor.send(a_vital(value=70), a_vital(value=90))
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
