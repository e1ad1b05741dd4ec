"""What patients were seen to do: taken in once, going on with a later end, and computed from at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from shared.contracts.names import JobKind
from shared.contracts.states import Role
from shared.database.tables import Job
from tests.fixtures.gateway import Gateway, a_patient

START = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


def an_event(kind: str = "fall", seconds: float = 4, **fields: object) -> dict[str, object]:
    end = (START + timedelta(seconds=seconds)).isoformat()
    return {"kind": kind, "confidence": 0.8, "started_at": START.isoformat(), "ended_at": end, **fields}


class Camera:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.client = gateway, gateway.client(Role.CLINICIAN)
        self.patient = self.client.post("/api/v1/patients", json=a_patient()).json()["id"]

    def send(self, *events: dict[str, object]):
        body = {"patient_id": self.patient, "source": "camera-1", "events": list(events)}
        return self.client.post("/api/v1/behaviour-events", json=body)

    def shown(self) -> list[dict[str, object]]:
        return self.client.get(f"/api/v1/patients/{self.patient}/behaviour-events").json()["items"]


@pytest.fixture
def camera(gateway: Gateway) -> Camera:
    return Camera(gateway)


def test_an_event_comes_back_as_it_was_seen(camera: Camera):
    answer = camera.send(an_event())
    assert (answer.status_code, answer.json()["stored"]) == (202, 1)
    assert answer.json()["assessment"]["kind"] == "risk.assess"
    (shown,) = camera.shown()
    assert (shown["kind"], shown["source"], shown["confidence"]) == ("fall", "camera-1", 0.8)


def test_an_event_that_goes_on_stays_one_event_with_its_latest_end(camera: Camera):
    camera.send(an_event(seconds=4))
    assert camera.send(an_event(seconds=9, confidence=0.6)).json()["stored"] == 1
    assert camera.send(an_event(seconds=5)).json() == {"stored": 0, "duplicates": 1, "assessment": None}
    (shown,) = camera.shown()
    assert datetime.fromisoformat(shown["ended_at"]) == START + timedelta(seconds=9)
    assert shown["confidence"] == 0.8


def test_events_ask_for_one_assessment_while_it_waits(camera: Camera):
    camera.send(an_event("fall"))
    camera.send(an_event("face_touch"), an_event("head_hold"))
    with camera.gateway.database.reading() as session:
        assert session.scalar(select(func.count()).where(Job.kind == JobKind.RISK_ASSESS)) == 1


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (an_event(seconds=-1), "events.0.ended_at"),
        (an_event(confidence=1.2), "events.0.confidence"),
        (an_event("Fell down!"), "events.0.kind"),
        (an_event(started_at="2999-01-01T00:00:00Z"), "events.0.started_at"),
        (an_event(patient_id="6c1c9e0e-0000-4000-8000-000000000000"), "events.0.patient_id"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(camera: Camera, event, field):
    answer = camera.send(event)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert answer.json()["errors"][0]["field"] == field
    assert camera.shown() == []
