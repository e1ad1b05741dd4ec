"""Vital signs as FHIR R4: each Observation sent here is one by HL7's own definition, as fhir.resources reads it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.observation import Observation

from tests.fixtures.vitals import (
    AT,
    DIASTOLIC,
    GLUCOSE,
    HEART_RATE,
    LOINC,
    SYSTOLIC,
    Monitor,
    a_bundle,
    a_quantity,
    an_observation,
    coded,
    refused,
)

PANEL = "85354-9"
ABSENT = coded("not-performed", "http://terminology.hl7.org/CodeSystem/data-absent-reason")


def a_pressure(patient: str, systolic: dict[str, Any], diastolic: dict[str, Any], **fields: Any) -> dict[str, Any]:
    components = [{"code": coded(SYSTOLIC), **systolic}, {"code": coded(DIASTOLIC), **diastolic}]
    return an_observation(patient, PANEL, valueQuantity=None, component=components, **fields)


def pressures(value: float) -> dict[str, Any]:
    return {"valueQuantity": a_quantity(value, "mm[Hg]")}


def test_an_observation_is_stored_with_its_patient_time_and_device(monitor: Monitor):
    sent = an_observation(monitor.patient)
    Observation.model_validate(sent)
    answer = monitor.send_fhir(sent)
    assert (answer.status_code, answer.json()["stored"], answer.json()["skipped"]) == (202, 1, 0)
    [shown] = monitor.shown()
    assert (shown["kind"], shown["value"], shown["unit"]) == (HEART_RATE, 71, "/min")
    assert (shown["device"], shown["source"], shown["quality"]) == ("monitor-1", "monitor", None)
    assert shown["measured_at"] == AT.isoformat().replace("+00:00", "Z")


def test_a_blood_pressure_is_its_two_components(monitor: Monitor):
    sent = a_pressure(monitor.patient, pressures(120), {"valueQuantity": a_quantity(10.6, "kPa")})
    Observation.model_validate(sent)
    assert monitor.send_fhir(sent).json()["stored"] == 2
    shown = {vital["kind"]: vital["value"] for vital in monitor.shown()}
    assert shown[SYSTOLIC] == 120
    assert shown[DIASTOLIC] == pytest.approx(79.5, abs=0.05)  # 1 kPa = 7.5006 mmHg


def test_a_bundle_is_stored_whole_and_its_context_passed_over(monitor: Monitor):
    patient = {"resourceType": "Patient", "id": monitor.patient}
    device = {"resourceType": "Device", "id": "m1"}
    glucose = an_observation(monitor.patient, GLUCOSE, valueQuantity=a_quantity(5.5, "mmol/L"))
    sent = a_bundle(patient, device, an_observation(monitor.patient), glucose)
    Bundle.model_validate(sent)
    assert monitor.send_fhir(sent).json()["stored"] == 2
    assert monitor.send_fhir(sent).json()["duplicates"] == 2


def test_one_known_code_among_several_is_enough(monitor: Monitor):
    saturation = {"coding": [{"system": LOINC, "code": "2708-6"}, {"system": LOINC, "code": "59408-5"}]}
    sent = an_observation(monitor.patient, valueQuantity=a_quantity(97, "%")) | {"code": saturation}
    assert monitor.send_fhir(sent).json()["stored"] == 1
    assert monitor.shown()[0]["kind"] == "59408-5"


def test_a_value_that_is_said_to_be_absent_is_counted(monitor: Monitor):
    sent = a_bundle(
        an_observation(monitor.patient, valueQuantity=None, dataAbsentReason=ABSENT),
        a_pressure(monitor.patient, pressures(120), {"dataAbsentReason": ABSENT}),
    )
    Bundle.model_validate(sent)
    answer = monitor.send_fhir(sent).json()
    assert (answer["stored"], answer["skipped"]) == (1, 2)
    nothing = monitor.send_fhir(sent["entry"][0]["resource"])
    assert (nothing.status_code, nothing.json()["stored"], nothing.json()["skipped"]) == (202, 0, 1)


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ({"identifier": {"value": "SN-77"}, "display": "Bed 4"}, "SN-77"),
        ({"display": "Bed 4", "reference": "Device/4"}, "Bed 4"),
        ({"reference": "Device/4"}, "Device/4"),
    ],
)
def test_the_device_is_named_by_what_tells_it_best_from_others(monitor: Monitor, device: dict[str, Any], name: str):
    monitor.send_fhir(an_observation(monitor.patient, device=device))
    assert monitor.shown()[0]["device"] == name


def test_the_address_tells_what_an_observation_does_not(monitor: Monitor):
    sent_at = (AT.now(AT.tzinfo) - timedelta(minutes=10)).isoformat()
    told = {"device": "watch-7", "source": "wearable", "sent_at": sent_at}
    assert monitor.send_fhir(an_observation(monitor.patient, device=None), **told).json()["stored"] == 1
    [shown] = monitor.shown()
    assert (shown["device"], shown["source"]) == ("watch-7", "wearable")
    assert 600 <= shown["clock_skew_s"] < 660


@pytest.mark.parametrize("status", ["amended", "corrected"])
def test_a_corrected_observation_takes_the_place_of_the_first(monitor: Monitor, status: str):
    monitor.send_fhir(an_observation(monitor.patient, status="preliminary", valueQuantity=a_quantity(27, "/min")))
    assert monitor.send_fhir(an_observation(monitor.patient, status=status)).json()["stored"] == 1
    assert [vital["value"] for vital in monitor.shown()] == [71]


@pytest.mark.parametrize(
    ("fields", "place", "said"),
    [
        ({"status": "entered-in-error"}, "status", "entered-in-error is no measurement"),
        ({"status": "cancelled"}, "status", "send one that is amended, corrected, final, preliminary"),
        ({"status": "registered"}, "status", "is no measurement"),
        ({"code": coded("1234-5")}, "code", "http://loinc.org|1234-5 is not known"),
        ({"code": coded(HEART_RATE, "urn:other")}, "code", "urn:other|8867-4 is not known"),
        ({"code": {"text": "pulse"}}, "code", "an empty code is not known"),
        ({"subject": None}, "subject.reference", "must be Patient/ and the id"),
        ({"subject": {"reference": "Patient/jane"}}, "subject.reference", "must be Patient/ and the id"),
        ({"device": None}, "device", "Field required"),
        ({"device": {"display": "x" * 65}}, "device", "at most 64"),
        ({"effectiveDateTime": None}, "effectiveDateTime", "and so is effectiveInstant"),
        ({"effectiveDateTime": "2025-03-04"}, "effectiveDateTime", "timezone"),
        ({"effectiveDateTime": "2999-01-01T00:00:00Z"}, "effective", "and now"),
        ({"valueQuantity": None}, "valueQuantity", "has no value, and there is no dataAbsentReason"),
        ({"valueQuantity": {"value": 71, "unit": "bpm"}}, "valueQuantity", "http://unitsofmeasure.org"),
        ({"valueQuantity": a_quantity(71, "/min", "urn:other")}, "valueQuantity", "http://unitsofmeasure.org"),
        ({"valueQuantity": a_quantity(71, "/min") | {"comparator": "<"}}, "valueQuantity", "comparator"),
        ({"valueQuantity": a_quantity(71, "Hz")}, "valueQuantity.code", "is taken in /min"),
        ({"valueQuantity": a_quantity(500, "/min")}, "valueQuantity.value", "lies from 20 to 300"),
        ({"dataAbsentReason": ABSENT}, "valueQuantity", "has a value, and there is a dataAbsentReason"),
        ({"modifierExtension": [{"url": "urn:not"}]}, "modifierExtension", "changes what the rest means"),
        ({"component": [{"code": coded(HEART_RATE)}]}, "component", "of the panels 55284-4 and 85354-9 alone"),
        ({"code": coded(PANEL), "valueQuantity": None}, "component", "is missing"),
    ],
)
def test_what_cannot_be_is_refused_by_its_element(
    refused_monitor: Monitor, fields: dict[str, Any], place: str, said: str
):
    sent = an_observation(refused_monitor.patient, **fields)
    wrong = refused(refused_monitor.send_fhir(sent))
    assert list(wrong) == [place]
    assert said in wrong[place]
    # In a Bundle with one that is well, the path names the entry and nothing is stored.
    bundled = refused(
        refused_monitor.send_fhir(
            a_bundle(an_observation(refused_monitor.patient, effectiveDateTime=AT.isoformat()), sent)
        )
    )
    assert any(where in (place, f"entry.1.resource.{place}") for where in bundled)
    assert refused_monitor.shown() == []


def test_a_component_is_refused_by_its_own_path(refused_monitor: Monitor):
    sent = a_pressure(refused_monitor.patient, pressures(80), pressures(120))
    [place] = refused(refused_monitor.send_fhir(a_bundle(sent)))
    assert place == "entry.0.resource.component.1.valueQuantity.value"


@pytest.mark.parametrize(
    ("element", "another"),
    [("subject", {"reference": f"Patient/{uuid4()}"}), ("device", {"display": "monitor-2"}), ("device", None)],
)
def test_a_bundle_is_of_one_patient_and_one_device(
    refused_monitor: Monitor, element: str, another: dict[str, str] | None
):
    sent = a_bundle(
        an_observation(refused_monitor.patient), an_observation(refused_monitor.patient, **{element: another})
    )
    assert refused(refused_monitor.send_fhir(sent)) == {
        f"entry.1.resource.{element}": "is another than the one before; send one Bundle for each"
    }


def test_the_patient_of_the_address_must_be_the_subject(monitor: Monitor):
    assert list(refused(monitor.send_fhir(an_observation(monitor.patient), patient_id=str(uuid4())))) == ["subject"]
    assert monitor.send_fhir(an_observation(monitor.patient), patient_id=monitor.patient).status_code == 202


def test_a_patient_that_does_not_exist_is_not_found(refused_monitor: Monitor):
    assert refused_monitor.send_fhir(an_observation(str(uuid4()))).json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", "body"),
        (b"\xff\xfe", "body"),
        (b"[]", "body"),
        (b'{"resourceType": "Patient"}', "body"),
        (b'{"resourceType": "Bundle", "type": "history", "entry": [{}]}', "type"),
        (b'{"resourceType": "Bundle", "type": "batch", "entry": []}', "entry"),
        (
            b'{"resourceType": "Bundle", "type": "batch", "entry": [{"resource": {"resourceType": "Flag"}}]}',
            "entry.0.resource",
        ),
    ],
)
def test_what_is_no_observation_is_refused(refused_monitor: Monitor, body: bytes, place: str):
    assert place in refused(refused_monitor.send_fhir(body))


def test_a_bundle_that_asks_for_a_deletion_is_refused(refused_monitor: Monitor):
    entry = {
        "resource": an_observation(refused_monitor.patient),
        "request": {"method": "DELETE", "url": "Observation/1"},
    }
    wrong = refused(refused_monitor.send_fhir(a_bundle(type="transaction", entry=[entry])))
    assert list(wrong) == ["entry.0.request.method"]
