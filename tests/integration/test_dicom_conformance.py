"""dciodvfy, which knows every module of every kind of object, finds no error in what a result is given back as."""

import subprocess
from pathlib import Path

import pytest

from tests.fixtures.dicom_results import OBJECT_ROLES, DicomResult, analysed_enhanced, analysed_series
from tests.fixtures.dicom_series import DicomOptions
from tests.fixtures.head_phantom import small_head
from tests.fixtures.threshold_network import ThresholdNetwork

SMALL = {"pixels": 128, "row_spacing_mm": 1.8, "column_spacing_mm": 1.8, "noise_hu": 1.0}
EXPECTED_WARNINGS = (
    # The phantom's study has no date; the study's own elements are copied as they are.
    "Missing attribute or value that would be needed to build DICOMDIR",
    # The coding scheme of this project, which the report defines.
    "Unrecognized defined term = <99DHN>",
)


def bloodless(folder: Path) -> DicomResult:
    return analysed_series(folder, small_head(**SMALL, bleed=None), network=ThresholdNetwork(any_probability=0.01))


STUDIES = {
    "plain": analysed_series,
    "tilted": lambda folder: analysed_series(folder, small_head(**SMALL, tilt_degrees=15)),
    "gap": lambda folder: analysed_series(
        folder, small_head(**SMALL, slices=64, slice_mm=2.5), DicomOptions(omit=(33,))
    ),
    "multi-frame": analysed_enhanced,
    "multi-frame in parts": lambda folder: analysed_enhanced(folder, parts=2),
    "lossy": lambda folder: analysed_series(
        folder,
        LossyImageCompression="01",
        LossyImageCompressionRatio="12.5",
        LossyImageCompressionMethod="ISO_10918_1",
    ),
    "another script": lambda folder: analysed_series(
        folder, SpecificCharacterSet=["", "ISO 2022 IR 87"], PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう"
    ),
    "without a frame of reference": lambda folder: analysed_series(folder, FrameOfReferenceUID=""),
    "without a bleed": bloodless,
}


@pytest.fixture(scope="module", params=STUDIES)
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DicomResult:
    return STUDIES[request.param](tmp_path_factory.mktemp("conformance"))


def test_dciodvfy_finds_no_error_and_no_unexplained_warning(result: DicomResult) -> None:
    assert result.roles == set(OBJECT_ROLES)
    for role in sorted(result.roles):
        done = subprocess.run(("dciodvfy", "-new", str(result.path(role))), capture_output=True, text=True, check=False)
        lines = (done.stdout + done.stderr).splitlines()
        assert {"Segmentation", "Comprehensive3DSR", "SCImage"} & set(lines), lines
        assert not [line for line in lines if "Error" in line], role
        warnings = [line for line in lines if "Warning" in line]
        assert not [line for line in warnings if not any(known in line for known in EXPECTED_WARNINGS)], role
