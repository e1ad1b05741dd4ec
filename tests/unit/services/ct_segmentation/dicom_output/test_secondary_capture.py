from pathlib import Path

import cv2
import numpy as np
import pytest
import SimpleITK

from tests.fixtures.dicom_results import HEAD, DicomResult, analysed_enhanced, analysed_series

RED = (226, 48, 48)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DicomResult:
    return analysed_series(tmp_path_factory.mktemp("capture"))


def preview_of(result: DicomResult) -> np.ndarray:
    """(H, W, 3) red, green, blue."""
    return cv2.cvtColor(cv2.imread(str(result.path("preview"))), cv2.COLOR_BGR2RGB)


def test_it_is_the_preview_with_notes_in_its_corner(result: DicomResult) -> None:
    picture = result.read("secondary_capture").pixel_array
    preview = preview_of(result)
    differs = np.argwhere((picture != preview).any(axis=2))

    assert picture.shape == preview.shape
    assert (np.abs(picture.astype(int) - RED).sum(axis=2) < 90).any()
    assert differs[:, 0].max() < 110
    assert differs[:, 1].max() < 420
    # "RESEARCH USE - UNVERIFIED" is the first of three notes, at 24 pixels each.
    assert (picture[36:60, 12:200] > 240).all(axis=2).any()


def test_simpleitk_reads_the_same_colours(result: DicomResult) -> None:
    read = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(result.path("secondary_capture"))))

    np.testing.assert_array_equal(read[0], result.read("secondary_capture").pixel_array)


def test_it_refers_to_the_slice_it_shows(result: DicomResult) -> None:
    (source,) = result.read("secondary_capture").SourceImageSequence
    shown = next(image for image in result.sources if image.SOPInstanceUID == source.ReferencedSOPInstanceUID)
    index = result.analysis.report.largest_lesion_slice
    assert index is not None
    height = HEAD.affine[2, 3] + HEAD.affine[2, 2] * index

    assert float(shown.ImagePositionPatient[2]) == pytest.approx(height)
    assert "ReferencedFrameNumber" not in source


def test_it_refers_to_the_frame_it_shows(tmp_path: Path) -> None:
    result = analysed_enhanced(tmp_path)
    (source,) = result.read("secondary_capture").SourceImageSequence
    group = result.sources[0].PerFrameFunctionalGroupsSequence[source.ReferencedFrameNumber - 1]
    index = result.analysis.report.largest_lesion_slice
    assert index is not None

    height = HEAD.affine[2, 3] + HEAD.affine[2, 2] * index
    assert float(group.PlanePositionSequence[0].ImagePositionPatient[2]) == pytest.approx(height)


@pytest.mark.parametrize(("source", "expected"), [("YES", "YES"), ("NO", "NO"), ("", "NO")])
def test_text_that_is_burned_into_the_source_is_burned_into_the_picture(
    tmp_path: Path, source: str, expected: str
) -> None:
    capture = analysed_series(tmp_path, BurnedInAnnotation=source).read("secondary_capture")

    assert capture.BurnedInAnnotation == expected


def test_the_patient_lies_as_in_the_radiological_view(result: DicomResult) -> None:
    assert list(result.read("secondary_capture").PatientOrientation) == ["L", "P"]
