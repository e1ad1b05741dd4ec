"""What all three objects have in common: patient and study, identifiers, and how they take odd headers."""

import logging
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.dataelem import RawDataElement
from pydicom.errors import BytesLengthException
from pydicom.tag import Tag

from services.ct_segmentation.dicom_output.identifiers import Algorithm
from services.ct_segmentation.dicom_output.objects import write_dicom_objects
from tests.fixtures.dicom_results import HEAD, OBJECT_ROLES, DicomResult, analysed_enhanced, analysed_series, result_of
from tests.fixtures.dicom_series import DicomOptions, encoded, file_of, nifti_bytes, series_datasets
from tests.fixtures.threshold_network import ThresholdNetwork

PATIENT = {
    "PatientID": "MRN-4711",
    "PatientName": "Müller^Jörg",
    "PatientBirthDate": "19500214",
    "PatientSex": "M",
    "PatientAge": "070Y",
    "AccessionNumber": "A-17",
    "StudyID": "S9",
    "StudyDate": "20200131",
    "StudyTime": "235959.5",
    "StudyDescription": "CT Schädel",
    "ReferringPhysicianName": "Weiß^Anna",
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DicomResult:
    return analysed_series(tmp_path_factory.mktemp("objects"), SpecificCharacterSet="ISO_IR 100", **PATIENT)


def bytes_of(result: DicomResult) -> dict[str, bytes]:
    return {role: result.path(role).read_bytes() for role in OBJECT_ROLES}


def codes_of(result: DicomResult) -> set[str]:
    return {named.code for named in result.analysis.report.peculiarities}


@pytest.mark.parametrize("role", OBJECT_ROLES)
def test_patient_and_study_are_those_of_the_source(result: DicomResult, role: str) -> None:
    dataset = result.read(role)

    for keyword, value in PATIENT.items():
        assert str(dataset[keyword].value) == value
    assert dataset.StudyInstanceUID == result.sources[0].StudyInstanceUID
    assert dataset.SeriesInstanceUID != result.sources[0].SeriesInstanceUID
    assert "UNVERIFIED" in dataset.SeriesDescription
    assert "research use" in dataset.SeriesDescription


@pytest.mark.parametrize(
    ("character_set", "name"),
    [
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 138", "שרון^דבורה"),
        ("ISO_IR 192", "Αντώνης^Παπαδόπουλος"),
    ],
)
def test_a_name_in_any_script_arrives_as_it_was(tmp_path: Path, character_set: object, name: str) -> None:
    result = analysed_series(tmp_path, SpecificCharacterSet=character_set, PatientName=name)

    for role in OBJECT_ROLES:
        dataset = result.read(role)
        assert dataset.SpecificCharacterSet == "ISO_IR 192"
        assert str(dataset.PatientName) == name


def test_the_same_study_gives_the_same_bytes_again(result: DicomResult, tmp_path: Path) -> None:
    again = analysed_series(tmp_path, SpecificCharacterSet="ISO_IR 100", **PATIENT)

    assert bytes_of(again) == bytes_of(result)
    assert again.analysis.report == result.analysis.report


def test_another_result_never_takes_the_same_instance_uid(result: DicomResult, tmp_path: Path) -> None:
    variants = {
        "result": result,
        "model": analysed_series(tmp_path / "a", network=ThresholdNetwork(version="2.0.0"), **PATIENT),
        "patient": analysed_series(tmp_path / "b", **(PATIENT | {"PatientID": "MRN-4712"})),
        "study": analysed_series(tmp_path / "c", options=DicomOptions(study_seed=2), **PATIENT),
        "thresholds": analysed_series(tmp_path / "d", network=ThresholdNetwork(any_probability=0.1), **PATIENT),
    }

    for role in ("structured_report", "secondary_capture"):
        reports = [one.read(role) for name, one in variants.items() if name != "thresholds" or "report" in role]
        assert len({one.SOPInstanceUID for one in reports}) == len(reports)
        assert all(one.SOPInstanceUID == one.file_meta.MediaStorageSOPInstanceUID for one in reports)
    findings = {name: one.analysis.report.tracking_uid for name, one in variants.items()}
    # The finding is the same one whatever is said of it, but another model's or another study's is another.
    assert findings["result"] == findings["patient"] == findings["thresholds"]
    assert len(set(findings.values())) == 3


def test_no_object_tells_when_the_analysis_ran(result: DicomResult) -> None:
    for role in OBJECT_ROLES:
        dataset = result.read(role)
        assert (dataset.ContentDate, dataset.ContentTime) == ("20200131", "235959.5")
        assert "InstanceCreationDate" not in dataset


@pytest.mark.parametrize(
    ("header", "date", "time"),
    [
        ({"ContentDate": "20210203", "ContentTime": "040506"}, "20210203", "040506"),
        ({"ContentDate": "yesterday", "AcquisitionDate": "20210204", "AcquisitionTime": ""}, "20210204", "000000"),
        ({"SeriesDate": "2021.02.05", "SeriesTime": "0405"}, "20210205", "0405"),
        ({}, "19000101", "000000"),
    ],
)
def test_the_content_is_as_old_as_the_images(tmp_path: Path, header: dict[str, str], date: str, time: str) -> None:
    report = analysed_series(tmp_path, **header).read("structured_report")

    assert (report.ContentDate, report.ContentTime) == (date, time)


ODD = {
    "PatientName": "No^Such=Too=Many=Groups=At=All",
    "PatientSex": "male",
    "PatientBirthDate": "born 1950",
    "PatientAge": "seventy",
    "PatientID": "4711" * 30,
    "StudyDate": "31.01.2020",
    "StudyTime": "midnight",
    "AccessionNumber": "a number of more than sixteen characters",
    "ReferringPhysicianName": "whoever",
}


def test_odd_header_values_hinder_nothing_and_reach_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        result = analysed_series(tmp_path, **ODD)

    assert result.roles == set(OBJECT_ROLES)
    assert result.read("segmentation").PatientID == ODD["PatientID"]
    for value in ODD.values():
        assert value not in caplog.text


def test_missing_identity_is_left_blank(tmp_path: Path) -> None:
    datasets = series_datasets(HEAD.volume.hu, HEAD.affine, DicomOptions())
    for dataset in datasets:
        for keyword in ("PatientID", "PatientName", "PatientSex", "StudyDate", "StudyID", "AccessionNumber"):
            delattr(dataset, keyword)
    result = result_of([file_of(f"{n}.dcm", encoded(one)) for n, one in enumerate(datasets)], tmp_path)

    assert result.roles == set(OBJECT_ROLES)
    assert result.read("structured_report").PatientID == ""


def test_a_value_that_breaks_its_type_is_left_out_alone(tmp_path: Path) -> None:
    analysis = analysed_series(tmp_path / "first", **PATIENT).analysis
    identity = analysis.volume.identity
    assert identity is not None
    identity.header["PregnancyStatus"] = RawDataElement(Tag("PregnancyStatus"), "US", 3, b"yes", 0, False, True)
    with pytest.raises(BytesLengthException):
        identity.header["PregnancyStatus"]

    picture = np.zeros((8, 8, 3), np.uint8)
    written = write_dicom_objects(
        analysis.volume, analysis.labels, analysis.report, picture, None, Algorithm("net", "1"), tmp_path
    )

    assert set(written) == set(OBJECT_ROLES)
    for path in written.values():
        dataset = dcmread(path)
        assert dataset.PatientID == PATIENT["PatientID"]
        assert "PregnancyStatus" not in dataset


def test_a_nifti_study_has_no_dicom_objects(tmp_path: Path) -> None:
    result = result_of([file_of("head.nii.gz", nifti_bytes(HEAD.volume.hu, HEAD.affine))], tmp_path)

    assert not result.roles
    assert result.analysis.report.tracking_uid is None
    assert "mask" in result.analysis.files


def test_a_frame_of_reference_without_a_name_gets_one_that_any_model_gives_it(tmp_path: Path) -> None:
    """As in CQ500, whose de-identification took the name away."""
    first = analysed_series(tmp_path / "a", FrameOfReferenceUID="")
    second = analysed_series(tmp_path / "b", FrameOfReferenceUID="", network=ThresholdNetwork(version="2"))

    names = {one.read("segmentation").FrameOfReferenceUID for one in (first, second)}
    assert len(names) == 1
    assert names != {first.sources[0].StudyInstanceUID}
    assert "frame_of_reference_unnamed" in codes_of(first)


def test_the_frame_of_reference_is_the_sources_where_it_has_a_name(result: DicomResult) -> None:
    assert result.read("segmentation").FrameOfReferenceUID == result.sources[0].FrameOfReferenceUID
    assert "frame_of_reference_unnamed" not in codes_of(result)


@pytest.mark.parametrize("header", [{"StudyInstanceUID": "no uid"}, {"SOPInstanceUID": "1.2.3"}])
def test_without_usable_identifiers_there_are_no_objects(tmp_path: Path, header: dict[str, str]) -> None:
    result = analysed_series(tmp_path, **header)

    assert not result.roles
    assert "dicom_identifiers_unusable" in codes_of(result)
    assert result.analysis.report.haematoma_ml > 0


def test_frames_of_several_images_are_no_repeated_identifiers(tmp_path: Path) -> None:
    assert analysed_enhanced(tmp_path, parts=2).roles == set(OBJECT_ROLES)


def test_a_failure_costs_the_objects_and_not_the_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("the value of patient Müller is odd")

    monkeypatch.setattr("services.ct_segmentation.dicom_output.objects.make_structured_report", fail)
    result = analysed_series(tmp_path)

    assert not result.roles
    assert "dicom_objects_failed" in codes_of(result)
    assert result.analysis.report.haematoma_ml > 0
    assert "Müller" not in caplog.text


def test_the_header_is_not_part_of_any_printed_volume(result: DicomResult) -> None:
    assert "MRN-4711" not in repr(result.analysis.volume.identity)
    assert isinstance(result.analysis.volume.identity.header, Dataset)
    assert "PixelData" not in result.analysis.volume.identity.header
