from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from shared.contracts.states import Role
from shared.database.tables import Event, Job, OutboxMessage, Video
from tests.fixtures.face_videos import plain_video
from tests.fixtures.gateway import DICOM, Gateway, a_patient
from tests.fixtures.video_work import GIVEN, MP4, WITHHELD, VideoWork


class Upload:
    """Uploads of videos of one patient of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.client = gateway.client(Role.CLINICIAN)
        self.patient = self.client.post("/api/v1/patients", json=a_patient()).json()["id"]
        self.address = f"/api/v1/patients/{self.patient}/videos"

    def __call__(self, *files: tuple[str, bytes], headers: dict[str, str] | None = None, **query: str):
        parts = [("file", file) for file in files or [("face.mp4", MP4)]]
        return self.client.post(self.address, files=parts, params=query, headers=headers)

    def nothing_is_stored(self) -> bool:
        with self.gateway.database.reading() as session:
            rows = sum(session.scalar(select(func.count()).select_from(t)) for t in (Video, Job, Event))
        return rows == 0 and self.gateway.stored_files() == []


@pytest.fixture
def upload(gateway: Gateway) -> Upload:
    return Upload(gateway)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("face.mp4", "mpeg4"),
        ("face.mov", "mpeg4"),
        ("face.mkv", "ffv1"),
        ("face.webm", "libvpx"),
        ("face.avi", "mpeg4"),
        ("face.ts", "libx264"),
        ("face.m2ts", "libx264"),
    ],
)
def test_a_video_of_any_usual_container_becomes_a_row_a_job_and_a_message(gateway, upload, tmp_path, name, codec):
    content = plain_video(tmp_path / name, range(0, 1000, 100), codec=codec).read_bytes()
    answer = upload((name, content))
    assert answer.status_code == 202
    video, job = answer.json()["video"], answer.json()["job"]
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert (video["name"], video["size_bytes"], video["source"]) == (name, len(content), "upload")
    assert (video["job"], video["reading"]) == (job, None)
    assert (job["kind"], job["state"], job["video_id"]) == ("heart_rate.estimate", "queued", video["id"])
    assert upload.client.get(f"/api/v1/videos/{video['id']}").json() == video
    assert upload.client.get(upload.address).json() == {"items": [video], "next_cursor": None}
    with gateway.database.reading() as session:
        [row] = session.scalars(select(Video))
        assert gateway.artifacts.open(row.digest).read() == content
        assert [message.queue for message in session.scalars(select(OutboxMessage))] == ["heart_rate"]
        events = session.scalars(select(Event).order_by(Event.id)).all()
        assert [event.type for event in events] == ["video.created", "job.queued"]
        assert events[0].payload == {"video_id": video["id"]}
    assert len(gateway.stored_files()) == 1


@pytest.mark.parametrize("beginning", [b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", b"\x00\x00\x10\x00moov"])
def test_a_film_from_before_there_were_brands_is_taken_too(upload, beginning):
    assert upload(("old.mov", beginning + bytes(64))).status_code == 202


def test_a_video_larger_than_other_requests_may_be_goes_through(gateway, upload):
    content = MP4 + bytes(5 << 20)
    assert upload(("face.mp4", content)).json()["video"]["size_bytes"] == len(content)
    assert gateway.stored_files()[0].read_bytes() == content


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 report", "a PDF document"),
        (DICOM, "a DICOM file"),
        (b"PK\x03\x04" + bytes(60), "a zip archive"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a HEIF picture"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42", "an M4A sound"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "a WAV sound"),
        (b"RIFF\x24\x08\x00\x00WEBPVP8 ", "a WebP picture"),
        (b"G" + bytes(1000), "of an unknown kind"),  # one sync byte makes no transport stream
        (b"Dear doctor", "of an unknown kind"),
        (b"\x00", "of an unknown kind"),
    ],
)
def test_what_is_no_video_is_refused_and_told_what_it_is_but_not_its_name(upload, content, what):
    answer = upload(("Jane Doe.mp4", content))
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_file_type")
    assert f"The file is {what}, whatever its name says" in answer.json()["detail"]
    assert "Jane" not in answer.json()["detail"]
    assert upload.nothing_is_stored()


_FORM = {"Content-Type": "multipart/form-data; boundary=x"}
_PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + MP4 + b"\r\n"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (_PART.replace(MP4, b"") + b"--x--", 422, "file_empty"),
        (_PART + _PART + b"--x--", 413, "too_many_files"),
        (_PART, 400, "upload_malformed"),  # no end
        (_PART[:-100], 400, "upload_malformed"),
        (b"--x\r\n", 422, "upload_empty"),
        (_PART.replace(b'"file"', b'"recorded_at"') + b"--x--", 422, "upload_unexpected_field"),
    ],
)
def test_a_form_without_one_whole_video_is_refused(upload, body, status, code):
    answer = upload.client.post(upload.address, content=body, headers=_FORM)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert upload.nothing_is_stored()


def test_a_video_has_a_limit_of_its_own(gateway, upload):
    gateway.settings.video_max_bytes = len(MP4)
    assert upload(("face.mp4", MP4 + b"!")).json()["code"] == "upload_too_large"
    assert upload.nothing_is_stored()
    gateway.settings.upload_max_bytes = 1  # of studies
    assert upload(("face.mp4", MP4)).status_code == 202


def test_a_video_is_of_its_arrival_unless_its_sender_says_when_and_by_what_it_was_recorded(upload):
    before = datetime.now(UTC)
    video = upload().json()["video"]
    assert before <= datetime.fromisoformat(video["recorded_at"]) <= datetime.now(UTC)
    assert video["recorded_at"] == video["created_at"]
    video = upload(recorded_at="2026-03-01T09:30:00+01:00", source="camera bed 4").json()["video"]
    assert datetime.fromisoformat(video["recorded_at"]) == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert video["source"] == "camera bed 4"


@pytest.mark.parametrize(
    "query",
    [
        {"recorded_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
        {"recorded_at": "2026-03-01T08:30:00"},
        {"recorded_at": "yesterday"},
        {"source": " "},
        {"source": "x" * 65},
    ],
)
def test_a_recording_of_the_future_or_of_no_known_time_or_source_is_refused(upload, query):
    answer = upload(**query)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert upload.nothing_is_stored()


def test_videos_of_archived_and_unknown_patients_are_refused(gateway, upload):
    gateway.client(Role.ADMIN).delete(f"/api/v1/patients/{upload.patient}")
    assert upload().json()["code"] == "patient_archived"
    assert upload.client.get(upload.address).json()["items"] == []
    upload.address = f"/api/v1/patients/{uuid4()}/videos"
    assert (upload().status_code, upload.client.get(upload.address).status_code) == (404, 404)
    assert upload.nothing_is_stored()


def test_a_video_sent_again_with_its_key_is_one_video_even_when_the_queue_is_full_by_then(gateway, upload):
    key = {"Idempotency-Key": "v1"}
    gateway.settings.queue_limit = 1
    first = upload(headers=key)
    again = upload(headers=key)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    for other in (upload(("face.mp4", MP4 + b"!"), headers=key), upload(headers=key, source="camera")):
        assert other.json()["code"] == "idempotency_key_reused"
    assert len(upload.client.get(upload.address).json()["items"]) == len(gateway.stored_files()) == 1


def test_a_full_queue_is_said_to_be_full_and_studies_keep_theirs(gateway, upload):
    gateway.settings.queue_limit, gateway.settings.queue_reserve_stat = 2, 1
    assert [upload().status_code for _ in range(3)] == [202, 202, 429]  # no video is acute: nothing is kept free
    refused = upload()
    assert refused.json()["code"] == "queue_full"
    assert int(refused.headers["Retry-After"]) > 0
    study = upload.client.post(upload.address.replace("videos", "studies"), files=[("file", ("a.dcm", DICOM))])
    assert study.status_code == 202


def test_everybody_signed_in_sees_videos_and_clinicians_send_them(gateway, upload):
    video = upload().json()["video"]
    for role, status in ((Role.ADMIN, 202), (Role.CLINICIAN, 202), (Role.VIEWER, 403), (None, 401)):
        client = gateway.client(role)
        assert client.post(upload.address, files=[("file", ("face.mp4", MP4))]).status_code == status
        for address in (upload.address, f"/api/v1/videos/{video['id']}"):
            assert client.get(address).status_code == (401 if role is None else 200)


def test_sending_and_seeing_videos_is_audited(gateway, upload):
    video = upload().json()["video"]
    upload.client.get(f"/api/v1/videos/{video['id']}")
    upload.client.get(upload.address)
    entries = gateway.client(Role.ADMIN).get("/api/v1/audit").json()["items"]
    assert [(entry["action"], entry["resource"]) for entry in entries[:3]] == [
        ("videos.listed", f"patient/{upload.patient}"),
        ("video.read", f"video/{video['id']}"),
        ("video.uploaded", f"video/{video['id']}"),
    ]


def test_videos_are_paged_newest_first(upload):
    ids = [upload().json()["video"]["id"] for _ in range(3)]
    first = upload.client.get(upload.address, params={"limit": 2}).json()
    rest = upload.client.get(upload.address, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [video["id"] for video in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None
    assert upload.client.get(f"/api/v1/videos/{uuid4()}").status_code == 404


def test_a_refused_job_of_a_video_says_why_and_can_be_tried_again_until_it_gives_a_reading(gateway):
    work = VideoWork(gateway)
    work.refuse()
    job = work.client.get(f"/api/v1/videos/{work.video}").json()["job"]
    assert (job["state"], job["error"]["detail"]) == ("refused", "Too few slices.")
    listed = work.client.get("/api/v1/jobs", params={"kind": "heart_rate.estimate"}).json()["items"]
    assert [(entry["id"], entry["video_id"]) for entry in listed] == [(work.job, work.video)]
    assert gateway.client(Role.VIEWER).post(f"/api/v1/jobs/{work.job}/retry").status_code == 403
    retried = work.client.post(f"/api/v1/jobs/{work.job}/retry")
    assert (retried.status_code, retried.json()["state"], retried.json()["video_id"]) == (202, "queued", work.video)
    reading = work.succeed()
    video = work.client.get(f"/api/v1/videos/{work.video}").json()
    assert (video["job"]["state"], video["reading"]["id"]) == ("succeeded", reading)


def test_a_video_shows_its_reading_whole_and_in_lists_without_the_wave(gateway):
    given, withheld = VideoWork(gateway), VideoWork(gateway, "MRN-W")
    given.succeed()
    withheld.succeed(WITHHELD, {})
    video = given.client.get(f"/api/v1/videos/{given.video}").json()
    assert video["reading"]["report"] == GIVEN.model_dump(mode="json")
    [listed] = given.client.get(f"/api/v1/patients/{given.patient}/videos").json()["items"]
    assert listed["reading"]["report"] == {**video["reading"]["report"], "pulse": None, "spectrum": None}
    [listed] = given.client.get(f"/api/v1/patients/{withheld.patient}/videos").json()["items"]
    assert (listed["reading"]["report"]["bpm"], listed["reading"]["report"]["reason"]) == (None, "no_face")
