import gzip
import io
import os
import struct
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import httpx
import pytest
from sqlalchemy import func, select

from shared.contracts.states import Role
from shared.database.engine import Database
from shared.database.tables import Event, Job, OutboxMessage, Study, StudyFile
from tests.fixtures.gateway import Gateway, a_patient
from tests.fixtures.video_work import MP4

DICOM = bytes(128) + b"DICM" + bytes(range(256))
BARE_DICOM = struct.pack("<HH2sH", 0x0008, 0x0005, b"CS", 10) + b"ISO_IR 100" + bytes(64)
NIFTI = struct.pack("<i", 348) + bytes(340) + b"n+1\x00" + bytes(64)
NIFTI_2 = struct.pack("<i", 540) + b"n+2\x00" + bytes(600)


def a_zip(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Upload:
    """Uploads to one patient of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.client = gateway.client(Role.CLINICIAN)
        self.patient = self.client.post("/api/v1/patients", json=a_patient()).json()["id"]
        self.address = f"/api/v1/patients/{self.patient}/studies"

    def __call__(self, *files: tuple[str, bytes], headers: dict[str, str] | None = None, **query: str):
        parts = [("file", file) for file in files]
        return self.client.post(self.address, files=parts, params=query, headers=headers)

    def nothing_is_stored(self) -> bool:
        with self.gateway.database.reading() as session:
            rows = sum(session.scalar(select(func.count()).select_from(t)) for t in (Study, StudyFile, Job, Event))
        return rows == 0 and self.gateway.stored_files() == []


@pytest.fixture
def upload(gateway: Gateway) -> Upload:
    return Upload(gateway)


@pytest.mark.parametrize(
    "files",
    [
        [("a.dcm", DICOM)],
        [("a", DICOM), ("b", BARE_DICOM)],
        [("a.zip", a_zip({"s/1.dcm": DICOM, "s/2.dcm": DICOM + b"2"}))],
        [("a.nii", NIFTI)],
        [("A.NII.GZ", gzip.compress(NIFTI))],
        [("a.nii.gz", gzip.compress(NIFTI_2))],
    ],
)
def test_an_upload_becomes_a_study_its_files_a_job_and_a_message(gateway, upload, files):
    answer = upload(*files)
    assert answer.status_code == 202
    study, job = answer.json()["study"], answer.json()["job"]
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert (study["file_count"], study["size_bytes"]) == (len(files), sum(len(content) for _, content in files))
    assert (job["state"], job["priority"]) == ("queued", "routine")
    assert upload.client.get(answer.headers["Location"]).json() == job
    assert upload.client.get(f"/api/v1/studies/{study['id']}").json() == study
    with gateway.database.reading() as session:
        stored = session.scalars(select(StudyFile)).all()
        assert {(row.name, gateway.artifacts.open(row.digest).read()) for row in stored} == set(files)
        assert [message.queue for message in session.scalars(select(OutboxMessage))] == ["ct"]
        assert list(session.scalars(select(Event.type).order_by(Event.id))) == ["study.created", "job.queued"]
    assert not [path for path in gateway.stored_files() if "staging" in path.parts]


def test_an_acute_study_goes_to_its_own_queue(gateway, upload):
    assert upload(("a.dcm", DICOM), priority="stat").json()["study"]["priority"] == "stat"
    with gateway.database.reading() as session:
        assert session.scalar(select(Job.queue)) == "ct.stat"
    assert upload(("a.dcm", DICOM), priority="soon").status_code == 422


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ([("a.dcm", b"")], 422, "file_empty"),
        ([("a.dcm", DICOM), ("b.dcm", b"")], 422, "file_empty"),
        ([("a.nii.gz", b"")], 422, "nifti_empty"),
        ([("scan.dcm", b"%PDF-1.7 report")], 415, "unsupported_file_type"),
        ([("a.dcm", b"<html>")], 415, "unsupported_file_type"),
        ([("a.dcm", os.urandom(4) * 90)], 415, "unsupported_file_type"),
        ([("a.gz", gzip.compress(b"a text" * 99))], 415, "unsupported_file_type"),
        ([("a.nii.gz", gzip.compress(NIFTI)[:12])], 415, "unsupported_file_type"),
        ([("a.dcm", gzip.compress(NIFTI))], 415, "unsupported_file_type"),
        ([("a.dcm", DICOM), ("b.dcm", b"%PDF")], 415, "unsupported_file_type"),
        ([("a.zip", a_zip({"1": DICOM})), ("b.dcm", DICOM)], 422, "upload_mixed"),
        ([("a.nii", NIFTI), ("b.nii", NIFTI)], 422, "upload_mixed"),
        ([("a.zip", a_zip({"../1.dcm": DICOM}))], 422, "archive_unsafe_path"),
        ([("a.zip", a_zip({"/etc/passwd": DICOM}))], 422, "archive_unsafe_path"),
        ([("a.zip", a_zip({"C:\\1.dcm": DICOM}))], 422, "archive_unsafe_path"),
        ([("a.zip", a_zip({"inner.zip": a_zip({"1": DICOM})}))], 422, "archive_nested"),
        ([("a.zip", a_zip({}))], 422, "archive_empty"),
        ([("a.zip", a_zip({"__MACOSX/._1": b"x", ".DS_Store": b"x"}))], 422, "archive_empty"),
        ([("a.zip", a_zip({"1.dcm": bytes(30 << 20)}))], 422, "archive_too_large"),
        ([("a.zip", a_zip({"1.dcm": DICOM})[:-30])], 422, "archive_corrupt"),
        ([("a.zip", b"PK\x03\x04" + b"x" * 300)], 422, "archive_corrupt"),
    ],
)
def test_a_refused_upload_leaves_nothing_behind(upload, files, status, code):
    answer = upload(*files)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert upload.nothing_is_stored()


def test_the_refusal_of_a_disguised_file_says_what_it_is_but_not_its_name(upload):
    detail = upload(("a.dcm", DICOM), ("Jane Doe.dcm", b"%PDF-1.7")).json()["detail"]
    assert "File 2 of the upload is a PDF document" in detail
    assert "Jane" not in detail
    video = upload(("a.dcm", MP4))
    assert (video.status_code, video.json()["code"]) == (415, "unsupported_file_type")
    assert "is an MP4 or MOV video" in video.json()["detail"]


def test_too_many_bytes_and_too_many_files_are_refused_while_they_come(gateway, upload):
    gateway.settings.upload_max_bytes, gateway.settings.upload_max_files = 1000, 2
    large = upload(("a.dcm", DICOM), ("b.dcm", DICOM + bytes(700)))
    many = upload(*(("a.dcm", DICOM[:200]) for _ in range(3)))
    assert (large.status_code, large.json()["code"]) == (413, "upload_too_large")
    assert (many.status_code, many.json()["code"]) == (413, "too_many_files")
    assert upload.nothing_is_stored()


_FORM = "multipart/form-data; boundary=x"
_PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.dcm"\r\n\r\n' + DICOM + b"\r\n"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (_PART, _FORM, 400, "upload_malformed"),  # no end
        (_PART + _PART[:90], _FORM, 400, "upload_malformed"),
        (b"nonsense" * 9, _FORM, 400, "upload_malformed"),
        (_PART + b"--x--", "multipart/form-data", 400, "upload_malformed"),
        (_PART + b"--x--", "application/json", 400, "upload_malformed"),
        (b"", _FORM, 422, "upload_empty"),
        (b"--x--\r\n", _FORM, 422, "upload_empty"),
        (_PART.replace(b'"file"', b'"other"') + b"--x--", _FORM, 422, "upload_unexpected_field"),
        (b"--x\r\n" + b"X-Flood: a\r\n" * 22_000, _FORM, 400, "upload_malformed"),
    ],
)
def test_a_body_that_is_no_whole_form_is_refused(upload, body, content_type, status, code):
    answer = upload.client.post(upload.address, content=body, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert upload.nothing_is_stored()


def test_a_full_queue_keeps_a_reserve_for_acute_studies(gateway, upload):
    gateway.settings.queue_limit, gateway.settings.queue_reserve_stat = 3, 2
    assert upload(("a.dcm", DICOM)).status_code == 202
    refused = upload(("a.dcm", DICOM))
    assert (refused.status_code, refused.json()["code"]) == (429, "queue_full")
    assert int(refused.headers["Retry-After"]) > 0
    assert [upload(("a.dcm", DICOM), priority="stat").status_code for _ in range(3)] == [202, 202, 429]


def test_an_upload_sent_again_with_its_key_is_one_study_even_when_the_queue_is_full_by_then(gateway, upload):
    key = {"Idempotency-Key": "u1"}
    gateway.settings.queue_limit, gateway.settings.queue_reserve_stat = 1, 0
    first = upload(("a.dcm", DICOM), headers=key)
    again = upload(("a.dcm", DICOM), headers=key)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = upload(("a.dcm", DICOM + b"!"), headers=key)
    assert other.json()["code"] == "idempotency_key_reused"
    assert len(gateway.stored_files()) == 1
    assert len(upload.client.get("/api/v1/studies").json()["items"]) == 1


def test_content_that_another_study_has_too_survives_a_refused_upload_of_it(gateway, upload):
    upload(("a.dcm", DICOM))
    stored = gateway.stored_files()
    assert upload(("a.dcm", DICOM), ("b.dcm", b"")).status_code == 422
    gateway.settings.queue_limit, gateway.settings.queue_reserve_stat = 1, 0
    assert upload(("a.dcm", DICOM)).status_code == 429
    assert gateway.stored_files() == stored
    assert stored[0].read_bytes() == DICOM


def test_studies_of_archived_and_unknown_patients_are_refused_before_the_body_is_read(gateway, upload):
    gateway.client(Role.ADMIN).delete(f"/api/v1/patients/{upload.patient}")
    assert upload(("a.dcm", DICOM)).json()["code"] == "patient_archived"
    upload.address = "/api/v1/patients/00000000-0000-0000-0000-000000000000/studies"
    assert upload(("a.dcm", DICOM)).status_code == 404
    assert upload.nothing_is_stored()


def test_a_sender_that_leaves_in_the_middle_leaves_nothing_behind(gateway, upload):
    def half_a_form() -> Iterator[bytes]:
        yield _PART[:-100] + bytes(3 << 20)
        deadline_s = time.monotonic() + 10
        while not gateway.stored_files() and time.monotonic() < deadline_s:
            time.sleep(0.01)
        seen.append(len(gateway.stored_files()))
        raise ConnectionAbortedError

    seen: list[int] = []
    headers = {**upload.client.headers, "Content-Type": "multipart/form-data; boundary=x"}
    with gateway.served() as address:
        with pytest.raises(ConnectionAbortedError):
            httpx.post(f"{address}{upload.address}", content=half_a_form(), headers=headers)
        deadline_s = time.monotonic() + 10
        while not upload.nothing_is_stored() and time.monotonic() < deadline_s:
            time.sleep(0.01)
    assert seen == [1]  # it was being received
    assert upload.nothing_is_stored()


def test_uploads_of_the_same_content_at_the_same_moment_are_each_whole(tmp_path: Path, database: Database):
    gateway = Gateway(tmp_path, database)
    upload = Upload(gateway)
    together, answers = Barrier(6), []

    def send(number: int) -> None:
        together.wait()
        answers.append(upload(*((f"{n}.dcm", DICOM + bytes([n])) for n in range(5)), headers={"X-N": str(number)}))

    threads = [Thread(target=send, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [202] * 6
    with database.reading() as session:
        rows = session.scalars(select(StudyFile)).all()
        assert len(rows) == 30
        assert all(len(gateway.artifacts.open(row.digest).read()) == row.size for row in rows)
    assert len(gateway.stored_files()) == 5
