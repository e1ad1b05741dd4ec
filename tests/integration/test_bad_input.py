"""Every kind of bad input gets its own code, and leaves nothing half-stored."""

from pathlib import Path

import pytest

from tests.fixtures import bad_studies
from tests.fixtures.platform import PlatformClient, PlatformProcesses

# What the gateway sees from the bytes alone is refused at once: no row, no file.
REFUSED_AT_THE_DOOR = {
    "empty_file": (422, "file_empty"),
    "zero_byte_nifti": (422, "nifti_empty"),
    "zip_bomb": (413, "archive_too_large"),
    "zip_slip": (422, "archive_unsafe_path"),
    "pdf_named_dcm": (415, "unsupported_file_type"),
}
# What only reading the images shows ends the job as refused: stored with its reason, no finding.
REFUSED_BY_THE_WORKER = {
    "truncated_dicom": "dicom_truncated",
    "chest_x_ray": "not_ct",
    "mixed_series": "mixed_series",
    "gap_over_5_mm": "slice_gap_too_large",
    "duplicate_positions": "duplicate_slice_position",
    "missing_rescale_slope": "missing_rescale",
    "nifti_without_units": "nifti_units_missing",
}


def _stored(platform: PlatformProcesses) -> set[Path]:
    return {path for path in platform.artifacts.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", REFUSED_AT_THE_DOOR)
def test_the_door_refuses(client: PlatformClient, platform: PlatformProcesses, kind: str) -> None:
    before = _stored(platform)
    patient = client.add_patient()
    answer = client.http.post(
        f"/patients/{patient['id']}/studies", files=[("file", file) for file in bad_studies.build(kind)]
    )
    assert (answer.status_code, answer.json()["code"]) == REFUSED_AT_THE_DOOR[kind]
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.http.get(f"/patients/{patient['id']}/studies").json()["items"] == []
    assert _stored(platform) == before


@pytest.mark.parametrize("kind", REFUSED_BY_THE_WORKER)
def test_the_worker_refuses_with_a_reason_and_an_alert(client: PlatformClient, kind: str) -> None:
    job = client.wait_for(client.submit(bad_studies.build(kind))["id"])
    assert (job["state"], job["error"]["code"]) == ("refused", REFUSED_BY_THE_WORKER[kind])
    assert job["attempts"] == 1
    assert len(job["error"]["detail"]) > 20
    assert client.findings(job["study_id"]) == []
    alerts = [alert for alert in client.alerts() if alert["study_id"] == job["study_id"]]
    assert [alert["code"] for alert in alerts] == ["study_not_analysed"]


def test_every_kind_of_bad_input_is_covered() -> None:
    assert {*REFUSED_AT_THE_DOOR, *REFUSED_BY_THE_WORKER} == set(bad_studies.KINDS)
    codes = [code for _, code in REFUSED_AT_THE_DOOR.values()] + list(REFUSED_BY_THE_WORKER.values())
    assert len(set(codes)) == len(codes)
