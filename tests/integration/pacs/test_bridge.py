"""The bridge between a real Orthanc and a real gateway: what it hands over, what it does not, and each thing once."""

from datetime import date
from io import BytesIO
from typing import Any

from pydicom import Dataset, FileDataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian, generate_uid
from sqlalchemy import func, select

from shared.contracts.names import Priority
from shared.contracts.states import EventType, JobState, PacsState, Role
from shared.database.tables import Alert, AuditEntry, Event, PacsObject, PacsSeries, Patient, Study, StudyFile
from shared.observability import metrics
from tests.fixtures.dicom_series import DicomOptions, encoded, file_of, series_datasets
from tests.fixtures.head_phantom import small_head
from tests.integration.pacs.conftest import Watched

VOLUME = small_head(pixels=16, row_spacing_mm=15.0, column_spacing_mm=15.0).volume
HEAD_TAGS = {"FrameOfReferenceUID": "1.2.840.99.1", "AcquisitionDateTime": "20260101120000"}


def series(seed: int = 1, study_seed: int = 1, count: int = 8, **tags: Any) -> list:
    """A coarse head as files, each with ``tags`` set."""
    datasets = series_datasets(VOLUME.hu[:count], VOLUME.affine, DicomOptions(seed=seed, study_seed=study_seed))
    for dataset in datasets:
        for keyword, value in {**HEAD_TAGS, **tags}.items():
            setattr(dataset, keyword, value)
    return [file_of(f"IM{n:04d}.dcm", encoded(dataset)) for n, dataset in enumerate(datasets, 1)]


def result(role: str, study_seed: int = 1) -> bytes:
    """A DICOM object that stands for a result; what the worker makes of a real study is tested with the worker."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = EncapsulatedPDFStorage, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = EncapsulatedPDFStorage, meta.MediaStorageSOPInstanceUID
    dataset.PatientID, dataset.PatientName = f"PHANTOM{study_seed}", "Phantom^Head"
    dataset.StudyInstanceUID = f"1.2.826.0.1.3680043.10.1571.{study_seed}"
    dataset.SeriesInstanceUID, dataset.Modality = generate_uid(), "DOC"
    dataset.SeriesDescription = role
    return encoded(dataset)


def count(watched: Watched, table: Any, *where: Any) -> int:
    with watched.gateway.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def uploads(watched: Watched) -> int:
    return count(watched, AuditEntry, AuditEntry.action == "study.uploaded")


def refusals(watched: Watched) -> list[list[str]]:
    with watched.gateway.database.reading() as session:
        query = select(Event.payload).where(Event.type == EventType.PACS_STUDY_REFUSED).order_by(Event.id)
        return [payload["reasons"] for payload in session.scalars(query)]


def test_a_head_ct_becomes_a_study_of_its_patient_with_the_very_bytes_that_came(watched: Watched) -> None:
    files = series(PatientBirthDate="19480229", PatientSex="F")
    assert watched.orthanc.send(files).returncode == 0
    [row] = watched.turn_until(PacsState.HANDED_OVER)
    with watched.gateway.database.reading() as session:
        patient = session.scalars(select(Patient)).one()
        assert (patient.medical_record_number, patient.family_name, patient.given_name, patient.sex) == (
            *("PHANTOM1", "Phantom", "Head", "female"),
        )
        assert patient.birth_date == date(1948, 2, 29)
        study = session.scalars(select(Study)).one()
        assert (study.patient_id, study.id) == (patient.id, row.study_id)
        stored = session.execute(select(StudyFile.name, StudyFile.digest).order_by(StudyFile.name)).all()
    uids = []
    for _, digest in stored:
        with watched.gateway.artifacts.open(digest) as stream:
            uids.append(dcmread(stream).SOPInstanceUID)
    assert uids == [dcmread(file.open()).SOPInstanceUID for file in files]  # in the order of their numbers
    assert row.instances == len(files)
    assert row.last_instance_at is not None


def test_a_study_that_came_over_the_web_is_the_same(watched: Watched) -> None:
    for file in series():
        with file.open() as stream:
            assert watched.orthanc.stow(stream.read()).status_code == 200
    watched.turn_until(PacsState.HANDED_OVER)
    assert uploads(watched) == 1


def test_acute_orders_go_first_and_to_the_acute_queue(watched: Watched) -> None:
    watched.orthanc.send(series(study_seed=1))
    watched.orthanc.send(series(study_seed=2, StudyDescription="CT HEAD STROKE"))
    watched.turn_until(PacsState.HANDED_OVER, count=2)
    assert {row.study_instance_uid[-2:]: row.priority for row in watched.rows()} == {
        ".1": Priority.ROUTINE,
        ".2": Priority.STAT,
    }
    assert sorted(job.queue for job in watched.jobs()) == ["ct", "ct.stat"]


def test_a_known_patient_is_found_by_the_number(watched: Watched) -> None:
    client = watched.gateway.client(Role.CLINICIAN)
    body = {"medical_record_number": "PHANTOM1", "family_name": "As", "given_name": "Known"}
    known = client.post("/api/v1/patients", json=body).json()["id"]
    watched.orthanc.send(series(PatientBirthDate="19480229"))
    [row] = watched.turn_until(PacsState.HANDED_OVER)
    assert str(row.patient_id) == known


def test_a_patient_with_another_day_of_birth_is_another_person_and_somebody_is_told(watched: Watched) -> None:
    client = watched.gateway.client(Role.CLINICIAN)
    body = {"medical_record_number": "PHANTOM1", "family_name": "A", "given_name": "B", "birth_date": "1948-03-01"}
    patient = client.post("/api/v1/patients", json=body).json()["id"]
    watched.orthanc.send(series(PatientBirthDate="19480229"))
    watched.turn_until(PacsState.REFUSED)
    assert watched.states() == [("refused", "patient_contradicts")]
    assert refusals(watched) == [["patient_contradicts"]]
    [alert] = client.get("/api/v1/alerts").json()["items"]
    assert (alert["patient_id"], alert["code"], alert["level"]) == (patient, "study_not_analysed", "warning")
    assert uploads(watched) == 0


def test_what_the_gateway_refuses_is_told_too(watched: Watched) -> None:
    admin = watched.gateway.client(Role.ADMIN)
    body = {"medical_record_number": "PHANTOM1", "family_name": "A", "given_name": "B"}
    patient = admin.post("/api/v1/patients", json=body).json()["id"]
    assert admin.delete(f"/api/v1/patients/{patient}").status_code == 204
    watched.orthanc.send(series())
    watched.turn_until(PacsState.REFUSED)
    assert watched.states() == [("refused", "patient_archived")]
    assert len(admin.get("/api/v1/alerts").json()["items"]) == 1


def test_a_ct_of_another_part_is_passed_over_for_all_to_see(watched: Watched) -> None:
    watched.orthanc.send(series(BodyPartExamined="CHEST", SeriesDescription="THORAX"))
    watched.turn_until(PacsState.PASSED_OVER)
    assert watched.states() == [("passed_over", "another_body_part")]
    assert refusals(watched) == [["another_body_part"]]
    assert (count(watched, Patient), uploads(watched)) == (0, 0)


def test_a_head_study_without_a_readable_series_is_handed_over_to_be_refused(watched: Watched) -> None:
    """The worker's refusal is stored, shown and alerted: silence would look like a negative."""
    watched.orthanc.send(series(seed=1, count=3))
    watched.orthanc.send(series(seed=2, count=8, ImageOrientationPatient=[1, 0, 0, 0, 0, -1]))
    watched.turn_until(PacsState.HANDED_OVER)
    assert watched.states() == [("handed_over", None), ("passed_over", "too_few_slices")]
    watched.refuse(watched.jobs()[0])
    watched.turn_until(PacsState.REFUSED)
    assert count(watched, Alert) == 1
    assert refusals(watched) == []


def test_reconstructions_of_one_scan_are_analysed_once_and_another_scan_again(watched: Watched) -> None:
    bone = series(seed=1, ConvolutionKernel="H60s")
    soft = series(seed=2, AcquisitionDateTime="20260101120010")
    repeated = series(seed=3, AcquisitionDateTime="20260101120500")
    for files in (bone, soft, repeated):
        watched.orthanc.send(files)
    watched.turn_until(PacsState.HANDED_OVER, count=2)
    watched.turn_until(PacsState.PASSED_OVER)
    by_series = {row.series_instance_uid[-2:]: (row.state, row.reason) for row in watched.rows()}
    assert by_series == {
        ".1": ("passed_over", "scan_analysed_already"),
        ".2": ("handed_over", None),
        ".3": ("handed_over", None),
    }


def test_a_sharp_reconstruction_is_taken_where_there_is_no_other(watched: Watched) -> None:
    watched.orthanc.send(series(ConvolutionKernel="H60s"))
    watched.turn_until(PacsState.WAITING, PacsState.HANDED_OVER)
    watched.turn_until(PacsState.HANDED_OVER)
    assert uploads(watched) == 1


def test_another_reconstruction_takes_the_place_of_a_refused_one(watched: Watched) -> None:
    watched.orthanc.send(series(seed=1))
    watched.turn_until(PacsState.HANDED_OVER)
    watched.orthanc.send(series(seed=2))
    watched.turn_until(PacsState.PASSED_OVER)
    watched.refuse(watched.jobs()[0])
    watched.turn_until(PacsState.HANDED_OVER)
    assert watched.states() == [("handed_over", None), ("refused", "input_refused")]
    assert uploads(watched) == 2


def test_a_series_that_grows_is_analysed_again_as_a_whole(watched: Watched) -> None:
    files = series()
    watched.orthanc.send(files[:6])
    watched.turn_until(PacsState.HANDED_OVER)
    watched.orthanc.send(files[6:])
    rows = watched.turn_until(PacsState.HANDED_OVER, count=2)
    assert [row.instances for row in rows] == [6, 8]


def test_results_go_back_once_and_are_never_analysed(watched: Watched) -> None:
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)
    roles = {role: result(role) for role in ("segmentation", "structured_report", "secondary_capture")}
    watched.answer(watched.jobs()[0], **roles, preview=b"no dicom")
    [row] = watched.turn_until(PacsState.DONE)
    assert (row.reason, row.failures) == (None, 0)
    stored = [watched.orthanc.file(instance) for instance in watched.orthanc.instances("DOC")]
    assert {dcmread(BytesIO(content)).SeriesDescription for content in stored} == set(roles)
    assert len(stored) == 3
    # They come back as three series at rest, and so does their study.
    watched.turn_until(PacsState.PASSED_OVER, count=3)
    assert watched.states() == [("done", None)] + [("passed_over", "own_result")] * 3
    assert uploads(watched) == 1


def test_a_ct_image_of_our_own_is_told_by_its_series(watched: Watched) -> None:
    """Whatever a result may be one day: what was noted as ours is never analysed."""
    files = series(seed=7, study_seed=7)
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)
    with files[0].open() as stream:
        watched.answer(watched.jobs()[0], segmentation=stream.read())
    watched.turn_until(PacsState.DONE)
    watched.orthanc.send(files[1:])  # the rest of it comes from elsewhere
    watched.turn_until(PacsState.PASSED_OVER)
    assert ("passed_over", "own_result") in watched.states()
    assert uploads(watched) == 1


def test_a_finding_without_dicom_objects_ends_the_way(watched: Watched) -> None:
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)
    watched.answer(watched.jobs()[0])
    watched.turn_until(PacsState.DONE)
    assert count(watched, PacsObject) == 0


def test_a_result_that_the_pacs_refuses_is_told(watched: Watched) -> None:
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)
    content = bytearray(result("segmentation"))
    at = content.index(b"1.2.826.0.1.3680043.10.1571.1")
    content[at : at + 29] = b"\0" * 29  # a study without an identifier
    watched.answer(watched.jobs()[0], segmentation=bytes(content))
    [row] = watched.turn_until(PacsState.DONE)
    assert row.reason == "result_not_stored"
    [alert] = watched.gateway.client().get("/api/v1/alerts").json()["items"]
    assert (alert["code"], alert["finding_id"]) == ("result_not_stored", str(row.finding_id))


def test_a_refused_job_that_is_tried_again_with_success_still_gets_its_results_back(watched: Watched) -> None:
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)
    [job] = watched.jobs()
    watched.refuse(job)
    watched.turn_until(PacsState.REFUSED)
    retried = watched.gateway.client(Role.CLINICIAN).post(f"/api/v1/jobs/{job.id}/retry")
    assert retried.status_code == 202
    watched.answer(job, segmentation=result("segmentation"))
    watched.turn_until(PacsState.DONE)
    assert len(watched.orthanc.instances("DOC")) == 1


def test_a_hand_over_whose_note_was_lost_is_not_a_second_study(watched: Watched) -> None:
    """Killed after the gateway's answer and before the commit, the bridge sends again: with the same key."""
    watched.orthanc.send(series())
    [row] = watched.turn_until(PacsState.HANDED_OVER)

    def lose(session) -> None:
        lost = session.get_one(PacsSeries, row.id)
        lost.state, lost.job_id, lost.study_id = PacsState.SELECTED, None, None

    watched.gateway.database.write(lose)
    [again] = watched.turn_until(PacsState.HANDED_OVER)
    assert (again.job_id, again.study_id) == (row.job_id, row.study_id)
    assert uploads(watched) == 1


def test_an_orthanc_that_restarts_before_it_says_complete_loses_no_series(watched: Watched) -> None:
    """It never says so then (seen with 1.10.1): the series is asked after."""
    watched.orthanc.send(series())
    watched.bridge.turn()
    assert watched.states() == [("arriving", None)]
    watched.orthanc.kill()
    watched.bridge.turn()
    assert "does not answer" in (watched.bridge.problem or "")
    watched.orthanc.start()
    watched.turn_until(PacsState.HANDED_OVER)
    assert watched.bridge.problem is None


def test_an_orthanc_set_up_afresh_is_listened_to_from_its_beginning(watched: Watched) -> None:
    watched.orthanc.send(series(study_seed=1))
    watched.turn_until(PacsState.HANDED_OVER)
    watched.orthanc.kill()
    watched.orthanc.forget()
    watched.orthanc.start()
    watched.orthanc.send(series(study_seed=2, count=5))
    watched.turn_until(PacsState.HANDED_OVER, count=2)


def test_a_deleted_series_does_not_hold_up_the_others(watched: Watched) -> None:
    watched.orthanc.send(series(study_seed=1))
    watched.bridge.turn()
    for study in watched.orthanc.http.get("/studies").json():
        watched.orthanc.http.delete(f"/studies/{study}")
    watched.orthanc.send(series(study_seed=2))
    watched.turn_until(PacsState.HANDED_OVER)
    assert uploads(watched) == 1


def test_an_old_series_is_archive_and_not_analysed(watched: Watched) -> None:
    object.__setattr__(watched.bridge.settings, "pacs_max_age_hours", 1e-9)
    watched.orthanc.send(series())
    watched.turn_until(PacsState.PASSED_OVER)
    assert watched.states() == [("passed_over", "received_too_long_ago")]


def test_a_session_that_ended_is_opened_again(watched: Watched) -> None:
    assert watched.bridge.readiness() is not None  # signed in; no round yet
    watched.bridge.parts.gateway._http.headers["Authorization"] = "Bearer over"
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)


def test_the_bridge_says_what_keeps_it_from_its_work(watched: Watched) -> None:
    watched.bridge.turn()
    assert watched.bridge.readiness() is None
    watched.bridge.parts.gateway._credentials["password"] = "wrong"
    watched.bridge.parts.gateway._http.headers["Authorization"] = "Bearer over"
    assert "is its password set?" in (watched.bridge.readiness() or "")
    watched.orthanc.kill()
    watched.bridge.turn()
    assert "does not answer" in (watched.bridge.problem or "")
    assert watched.bridge.stall() is None
    watched.bridge._moved_s -= watched.bridge.settings.worker_stall_s + 1
    assert "nothing has moved" in (watched.bridge.stall() or "")


def test_a_full_queue_is_waited_for(watched: Watched) -> None:
    object.__setattr__(watched.gateway.settings, "queue_limit", 1)
    object.__setattr__(watched.gateway.settings, "queue_reserve_stat", 1)
    watched.orthanc.send(series())
    watched.turn_until(PacsState.SELECTED)
    watched.bridge.turn()
    assert watched.rows()[0].failures > 0
    object.__setattr__(watched.gateway.settings, "queue_limit", 10)
    [row] = watched.turn_until(PacsState.HANDED_OVER)
    assert row.failures == 0


def test_the_seconds_to_the_finding_are_measured(watched: Watched) -> None:
    before = metrics.PACS_FINDING_SECONDS._sum.get()
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)
    watched.answer(watched.jobs()[0])
    [row] = watched.turn_until(PacsState.DONE)
    assert watched.jobs()[0].state == JobState.SUCCEEDED
    assert 0 < metrics.PACS_FINDING_SECONDS._sum.get() - before < 60
    assert row.state == PacsState.DONE


def test_operators_see_how_many_series_are_on_their_way(watched: Watched) -> None:
    on_their_way = metrics.PACS_WAITING.labels(PacsState.HANDED_OVER)._value
    watched.orthanc.send(series())
    watched.turn_until(PacsState.HANDED_OVER)
    assert on_their_way.get() == 1
    watched.answer(watched.jobs()[0])
    watched.turn_until(PacsState.DONE)
    assert on_their_way.get() == 0
