"""Risks over HTTP: asked for, listed, explained, imagined, printed, and held against what came."""

import base64
import hashlib
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import func, select

from gateway.risks import what_if
from shared.contracts.names import JobKind
from shared.contracts.states import JobState, Role
from shared.database.tables import AuditEntry, ExpansionOutcome, Job, Patient, RiskScore, WhatIf
from tests.fixtures.gateway import Gateway
from tests.fixtures.risk import RiskPatient, RiskWorker, a_bleed


class Ward:
    """A gateway, a patient with a bleed, and a worker that answers when told to."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.client = gateway, gateway.client(Role.CLINICIAN)
        self.patient = RiskPatient(gateway.database)
        self.patient.scanned(a_bleed(acquired_at=self.patient.ago(hours=1)))
        self.worker = RiskWorker(gateway.database, gateway.artifacts)
        self.address = f"/api/v1/patients/{self.patient.id}/risks"

    def assess(self) -> str:
        self.worker.run(self.patient.request())
        return str(self.patient.risks()[-1].id)

    def risk(self, risk_id: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/risks/{risk_id}")
        assert answer.status_code == 200
        return answer.json()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """A worker that answers questions as they come."""
        stop = Event()

        def work() -> None:
            queued = (Job.kind == JobKind.RISK_WHAT_IF) & (Job.state == JobState.QUEUED)
            while not stop.wait(0.02):
                with self.gateway.database.reading() as session:
                    waiting = session.scalars(select(Job.id).where(queued)).all()
                for job_id in waiting:
                    self.worker.run(job_id)

        thread = Thread(target=work)
        thread.start()
        yield
        stop.set()
        thread.join()

    def count(self, table: Any) -> int:
        with self.gateway.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def ward(gateway: Gateway) -> Ward:
    return Ward(gateway)


def test_asking_for_an_assessment_answers_with_its_job(ward: Ward):
    answer = ward.client.post(ward.address)
    assert (answer.status_code, answer.json()["kind"], answer.json()["state"]) == (202, "risk.assess", "queued")
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json()['id']}"
    assert ward.client.post(ward.address).json()["id"] == answer.json()["id"]


def test_assessments_are_listed_in_lines_the_newest_first(ward: Ward):
    ids = [ward.assess() for _ in range(3)]
    first = ward.client.get(ward.address, params={"limit": 2}).json()
    rest = ward.client.get(ward.address, params={"cursor": first["next_cursor"]}).json()
    lines = first["items"] + rest["items"]
    assert [line["id"] for line in lines] == ids[::-1]
    assert lines[0]["expansion"] == pytest.approx(ward.risk(ids[-1])["report"]["expansion"]["probability"])


def test_one_assessment_says_what_each_feature_adds(ward: Ward):
    expansion = ward.risk(ward.assess())["report"]["expansion"]

    def logit(p: float) -> float:
        return math.log(p / (1 - p))

    added = sum(part["contribution"] for part in expansion["contributions"])
    assert logit(expansion["probability"]) == pytest.approx(logit(expansion["base_probability"]) + added)


def test_reading_is_audited_and_an_unknown_one_is_not_there(ward: Ward):
    risk_id = ward.assess()
    ward.risk(risk_id)
    with ward.gateway.database.reading() as session:
        audited = session.scalars(select(AuditEntry.resource).where(AuditEntry.action == "risk.read")).all()
    assert audited == [f"risk/{risk_id}"]
    assert ward.client.get(f"/api/v1/risks/{uuid4()}").status_code == 404


def test_what_if_answers_at_once_and_leaves_nothing_behind(ward: Ward):
    known = ward.risk(ward.assess())["report"]
    with ward.answering():
        answer = ward.client.post(f"{ward.address}/what-if", json={"facts": {"haematoma_ml": 80, "gcs": 6}})
    assert answer.status_code == 200
    assert answer.json()["outcome"]["probability_disabled"] > known["outcome"]["probability_disabled"]
    assert (ward.count(RiskScore), ward.count(WhatIf)) == (1, 0)


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"facts": {"haematoma_ml": -1}}, "facts.haematoma_ml"),
        ({"facts": {"systolic_mmhg": 90, "diastolic_mmhg": 120}}, "facts.diastolic_mmhg"),
        ({"facts": {"onset_to_ct_h": -2}}, "facts.onset_to_ct_h"),
        ({"facts": {"gcs": 16}}, "facts.gcs"),
        ({"facts": {"mood": "good"}}, "facts.mood"),
        ({"behaviour": [{"kind": "Fell!", "seconds": 3}]}, "behaviour.0.kind"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(ward: Ward, question, field):
    answer = ward.client.post(f"{ward.address}/what-if", json=question)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_without_a_worker_the_question_ends_in_good_time_and_is_forgotten(ward: Ward, monkeypatch):
    monkeypatch.setattr(what_if, "_PATIENCE_S", 0.2)
    answer = ward.client.post(f"{ward.address}/what-if", json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "risk_service_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert ward.count(WhatIf) == 0


def test_viewers_read_and_do_not_ask(ward: Ward):
    risk_id = ward.assess()
    viewer = ward.gateway.client(Role.VIEWER)
    assert viewer.post(ward.address).status_code == 403
    assert viewer.post(f"{ward.address}/what-if", json={}).status_code == 403
    assert viewer.get(f"/api/v1/risks/{risk_id}").status_code == 200


def test_a_second_ct_shows_on_the_prediction_and_in_the_calibration(ward: Ward):
    risk_id = ward.assess()
    empty = ward.client.get("/api/v1/risks/calibration").json()
    assert (empty["overall"]["count"], empty["overall"]["seen"], empty["brier"]) == (0, None, None)
    ward.patient.scanned(a_bleed(45, ward.patient.ago(minutes=10)))
    ward.assess()
    risk = ward.risk(risk_id)
    (outcome,) = risk["outcomes"]
    assert (outcome["expanded"], outcome["growth"]["growth_ml"]) == ("yes", 25)
    told = ward.client.get("/api/v1/risks/calibration").json()
    predicted = risk["report"]["expansion"]["probability"]
    assert told["models"] == ["expansion_admission"]
    assert told["overall"]["predicted_mean"] == pytest.approx(predicted)
    # Wilson for 1 of 1: 1 / (1 + z²) to 1.
    assert told["overall"]["seen"] == pytest.approx({"value": 1, "low": 1 / (1 + 1.959964**2), "high": 1}, abs=1e-6)
    assert told["brier"] == pytest.approx((1 - predicted) ** 2)
    (band,) = [band for band in told["bands"] if band["count"]]
    assert band["low"] <= predicted < band["high"]
    other = ward.client.get("/api/v1/risks/calibration", params={"model": "another"}).json()
    assert other["overall"]["count"] == 0


def test_later_cts_of_one_haematoma_are_one_verdict(ward: Ward):
    ward.assess()
    for minutes, ml in ((30, 20), (10, 45)):
        ward.patient.scanned(a_bleed(ml, ward.patient.ago(minutes=minutes)))
        ward.assess()
    assert ward.count(ExpansionOutcome) == 2
    told = ward.client.get("/api/v1/risks/calibration").json()
    assert (told["overall"]["count"], told["overall"]["seen"]["value"]) == (1, 1)


def test_the_printed_report_is_self_contained_and_escapes_what_people_write(ward: Ward):
    with ward.gateway.database.transaction() as session:
        patient = session.get_one(Patient, ward.patient.id)
        patient.family_name = "<script>alert(1)</script>"
    answer = ward.client.get(f"/api/v1/risks/{ward.assess()}/report.html")
    page = answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)=|style="|@import|url\(|\son\w+=', page)
    assert "research use only" in page
    for part in ("Haematoma expansion", "Outcome at 90 days", "Clinical scores", "Oedema until day 21", "Facts used"):
        assert part in page


def test_the_printed_report_draws_the_oedema_within_its_frame_or_says_why_not(ward: Ward):
    page = ward.client.get(f"/api/v1/risks/{ward.assess()}/report.html").text
    [drawing] = re.findall(r'<svg[^>]*viewBox="0 0 480 180".*?</svg>', page)
    assert drawing.count("<polygon") == 2
    assert drawing.count("<circle") == 1
    corners = re.findall(r"([\d.-]+),([\d.-]+)", " ".join(re.findall(r'points="(.*?)"', drawing)))
    assert len(corners) == 41 * 5
    assert all(48 <= float(x) <= 480 and 6 <= float(y) <= 162 for x, y in corners)
    with ward.gateway.database.transaction() as session:
        session.get_one(Patient, ward.patient.id).onset_at = None
    page = ward.client.get(f"/api/v1/risks/{ward.assess()}/report.html").text
    assert 'viewBox="0 0 480 180"' not in page
    assert "onset_to_ct_h is needed by the model, but not known." in page


def test_a_report_from_before_there_was_any_course_is_still_read_and_printed(ward: Ward):
    risk_id = ward.assess()
    with ward.gateway.database.transaction() as session:
        row = session.get_one(RiskScore, UUID(risk_id))
        row.report = {name: part for name, part in row.report.items() if name != "oedema_course"}
    assert ward.risk(risk_id)["report"]["oedema_course"] is None
    assert "Oedema until day 21" not in ward.client.get(f"/api/v1/risks/{risk_id}/report.html").text


def test_the_cohorts_oedema_curves_are_there_for_whoever_has_signed_in(ward: Ward):
    found = ward.client.get("/api/v1/risks/oedema-curves")
    assert found.status_code == 200
    assert found.json()["patients"] == sum(group["patients"] for group in found.json()["subgroups"])
    assert ward.gateway.client(None).get("/api/v1/risks/oedema-curves").status_code == 401


def test_the_printed_report_brings_a_policy_that_allows_its_own_style_alone(ward: Ward):
    answer = ward.client.get(f"/api/v1/risks/{ward.assess()}/report.html")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert ward.client.get(ward.address).headers["Content-Security-Policy"].count("script-src 'self'") == 1


def test_an_assessment_is_a_fhir_bundle_whose_resources_are_read_at_their_own_addresses(ward: Ward):
    risk_id = ward.assess()
    answer = ward.client.get(f"/api/v1/risks/{risk_id}/fhir")
    bundle = get_fhir_model_class("Bundle").model_validate(answer.json())
    assert {entry.resource.get_resource_type() for entry in bundle.entry} == {"RiskAssessment", "Patient", "Device"}
    for entry in answer.json()["entry"]:
        path = re.sub(r"^https?://[^/]+", "", entry["fullUrl"])
        assert ward.client.get(path).json() == entry["resource"]
    assert ward.patient.risks()[0].patient_id == UUID(str(ward.patient.id))
    assert "Phantom" not in answer.text


def test_fhir_tells_probabilities_with_their_time_and_the_level_in_words(ward: Ward):
    risk_id = ward.assess()
    report = ward.risk(risk_id)["report"]
    resource = ward.client.get(f"/api/v1/fhir/RiskAssessment/{risk_id}").json()
    get_fhir_model_class("RiskAssessment").model_validate(resource)
    expansion, disabled, bedside = resource["prediction"]
    assert expansion["probabilityDecimal"] == pytest.approx(report["expansion"]["probability"], abs=1e-4)
    assert expansion["whenRange"]["high"]["value"] == 48
    assert disabled["probabilityDecimal"] == pytest.approx(report["outcome"]["probability_disabled"], abs=1e-4)
    assert bedside["qualitativeRisk"]["text"] == report["bedside"]["level"]


def test_fhir_finds_assessments_by_patient(ward: Ward):
    ids = [ward.assess(), ward.assess()]
    found = ward.client.get("/api/v1/fhir/RiskAssessment", params={"patient": f"Patient/{ward.patient.id}"}).json()
    assert [entry["resource"]["id"] for entry in found["entry"]] == ids[::-1]
    other = ward.client.get("/api/v1/fhir/RiskAssessment", params={"subject": f"Patient/{uuid4()}"}).json()
    assert "entry" not in other
