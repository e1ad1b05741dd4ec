"""Patients."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.address import API
from gateway.auth.access import Administrator, Anyone, Clinician
from gateway.idempotency import CliniciansCall
from gateway.paging import ThePaging
from gateway.patients import service
from gateway.patients.schemas import Patient, PatientIn, PatientPage, PatientPatch
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId

router = APIRouter(prefix=f"{API}/patients", tags=["patients"])

Words = Annotated[str, Query(max_length=200, description="Parts of names or of the medical record number")]
Archived = Annotated[bool, Query(description="Whether archived patients are listed too")]


@router.get("", responses=problems())
def list_patients(
    user: Anyone, platform: ThePlatform, paging: ThePaging, q: Words = "", archived: Archived = False
) -> PatientPage:
    """Patients by name."""
    rows, cursor = platform.database.write(lambda session: service.search(session, q, archived, paging, user.actor))
    return PatientPage(items=[Patient.model_validate(row) for row in rows], next_cursor=cursor)


@router.post("", status_code=201, response_model=Patient, responses=problems(409, body=True))
def create_patient(new: PatientIn, call: CliniciansCall) -> Response:
    """Take a person into care."""
    return call.once(
        lambda session: Patient.model_validate(service.add(session, new, call.user.actor)),
        content=new.model_dump_json(),
        location=lambda patient: f"{API}/patients/{patient.id}",
    )


@router.get("/{id}", responses=problems(404))
def get_patient(patient_id: PathId, user: Anyone, platform: ThePlatform) -> Patient:
    """One patient's record; reading it is audited."""
    return platform.database.write(
        lambda session: Patient.model_validate(service.read(session, patient_id, user.actor))
    )


@router.patch("/{id}", responses=problems(404, 409, body=True))
def change_patient(patient_id: PathId, patch: PatientPatch, user: Clinician, platform: ThePlatform) -> Patient:
    """Change fields of a patient's record."""
    return platform.database.write(
        lambda session: Patient.model_validate(service.change(session, patient_id, patch, user.actor))
    )


@router.delete("/{id}", status_code=204, responses=problems(404))
def archive_patient(patient_id: PathId, user: Administrator, platform: ThePlatform) -> None:
    """Take a patient out of the lists; the record stays readable."""
    platform.database.write(lambda session: service.archive(session, patient_id, user.actor))
