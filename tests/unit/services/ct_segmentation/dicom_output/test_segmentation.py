from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from highdicom.seg import segread

from services.ct_segmentation.dicom_output.identifiers import Algorithm
from services.ct_segmentation.dicom_output.segmentation import make_segmentation
from tests.fixtures.dicom_results import DicomResult, analysed_enhanced, analysed_series
from tests.fixtures.dicom_series import DicomOptions
from tests.fixtures.head_phantom import small_head
from tests.fixtures.threshold_network import ThresholdNetwork

SMALL = {"pixels": 128, "row_spacing_mm": 1.8, "column_spacing_mm": 1.8, "noise_hu": 1.0}
# With a slice missing in the bleed, and with rows and columns whose product is no multiple of 8.
CASES = {
    "plain": (small_head(**SMALL), DicomOptions(shuffled=True)),
    "tilted": (small_head(**SMALL, tilt_degrees=15), DicomOptions(shuffled=True)),
    "gap": (small_head(**SMALL, slices=64, slice_mm=2.5), DicomOptions(omit=(33,))),
    "odd size": (small_head(**{**SMALL, "pixels": 127}), DicomOptions()),
}


@pytest.fixture(scope="module", params=[*CASES, "multi-frame", "multi-frame in parts"])
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DicomResult:
    folder = tmp_path_factory.mktemp("segmentation")
    if request.param.startswith("multi-frame"):
        return analysed_enhanced(folder, parts=3 if "parts" in request.param else 1)
    return analysed_series(folder, *CASES[request.param])


def source_of(result: DicomResult) -> list[tuple[str, int]]:
    """(SOP instance UID, frame number) of the acquired slices, in the order of the labels."""
    identity = result.analysis.volume.identity
    assert identity is not None
    pairs = zip(identity.sop_instance_uids, identity.frame_numbers, strict=True)
    return [(uid, frame) for uid, frame in pairs if uid is not None and frame is not None]


def test_highdicom_reads_the_exact_voxels_by_their_source_images(result: DicomResult) -> None:
    segmentation = segread(result.path("segmentation"))
    sources = source_of(result)
    if result.analysis.volume.identity.is_multi_frame:
        read = np.stack(
            [
                segmentation.get_pixels_by_source_frame(uid, [frame], segment_numbers=[1, 2], combine_segments=True)[0]
                for uid, frame in sources
            ]
        )
    else:
        uids = [uid for uid, _ in sources]
        read = segmentation.get_pixels_by_source_instance(uids, segment_numbers=[1, 2], combine_segments=True)

    assert set(np.unique(read)) == {0, 1, 2}
    np.testing.assert_array_equal(read, result.acquired_labels)


def test_simpleitk_reads_the_exact_voxels_frame_by_frame(result: DicomResult) -> None:
    frames = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(result.path("segmentation"))))
    dataset = result.read("segmentation")
    labels = result.acquired_labels
    heights = np.array([position[2] for position in result.analysis.volume.identity.positions_mm if position])

    assert len(frames) == 2 * len(labels)
    assert set(np.unique(frames)) == {0, 255}  # how ITK shows bits
    for frame, group in zip(frames, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        height = group.PlanePositionSequence[0].ImagePositionPatient[2]
        k = int(np.argmin(np.abs(heights - height)))
        np.testing.assert_array_equal(frame == 255, labels[k] == number)


def test_every_frame_names_the_slice_that_lies_where_it_lies(result: DicomResult) -> None:
    """Checked against the source files' own headers, not against what was read of them."""
    positions = {}
    for source in result.sources:
        for number, group in enumerate(source.get("PerFrameFunctionalGroupsSequence", [source]), 1):
            plane = group.PlanePositionSequence[0] if "PlanePositionSequence" in group else group
            positions[source.SOPInstanceUID, number] = plane.ImagePositionPatient

    named = set()
    for group in result.read("segmentation").PerFrameFunctionalGroupsSequence:
        (reference,) = group.DerivationImageSequence[0].SourceImageSequence
        key = (reference.ReferencedSOPInstanceUID, reference.get("ReferencedFrameNumber", 1))
        assert reference.ReferencedSOPClassUID == result.sources[0].SOPClassUID
        np.testing.assert_allclose(group.PlanePositionSequence[0].ImagePositionPatient, positions[key], atol=1e-6)
        named.add(key)
    assert named == set(positions)


def test_the_grid_is_the_acquired_one(result: DicomResult) -> None:
    shared = result.read("segmentation").SharedFunctionalGroupsSequence[0]
    volume = result.analysis.volume

    measures = shared.PixelMeasuresSequence[0]
    np.testing.assert_allclose(measures.PixelSpacing, volume.spacing_mm[1:], atol=1e-6)
    assert measures.SpacingBetweenSlices == pytest.approx(volume.spacing_mm[0], abs=1e-6)
    cosines = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float).reshape(2, 3)
    np.testing.assert_allclose(cosines[0] * volume.spacing_mm[2], volume.affine[:3, 0], atol=1e-6)
    np.testing.assert_allclose(cosines[1] * volume.spacing_mm[1], volume.affine[:3, 1], atol=1e-6)


def test_the_source_instances_are_listed_once_each(result: DicomResult) -> None:
    dataset = result.read("segmentation")
    listed = [item.ReferencedSOPInstanceUID for item in dataset.SourceImageSequence]
    (series,) = dataset.ReferencedSeriesSequence

    assert sorted(listed) == sorted(source.SOPInstanceUID for source in result.sources)
    assert series.SeriesInstanceUID == result.sources[0].SeriesInstanceUID
    assert [item.ReferencedSOPInstanceUID for item in series.ReferencedInstanceSequence] == listed


def test_each_segment_says_what_it_is_and_who_drew_it(result: DicomResult) -> None:
    haematoma, oedema = result.read("segmentation").SegmentSequence

    for segment, code, meaning in ((haematoma, "35566002", "Hematoma"), (oedema, "79654002", "Edema")):
        kind = segment.SegmentedPropertyTypeCodeSequence[0]
        assert (kind.CodingSchemeDesignator, kind.CodeValue, kind.CodeMeaning) == ("SCT", code, meaning)
        assert segment.SegmentedPropertyCategoryCodeSequence[0].CodeValue == "49755003"
        assert segment.SegmentAlgorithmType == "AUTOMATIC"
        algorithm = segment.SegmentationAlgorithmIdentificationSequence[0]
        assert (algorithm.AlgorithmName, algorithm.AlgorithmVersion) == ("threshold_network", "1.0.0")
    assert haematoma.TrackingUID == result.analysis.report.tracking_uid
    assert oedema.TrackingUID != haematoma.TrackingUID


def test_the_interpolated_slice_has_no_frame_and_the_report_says_so(tmp_path: Path) -> None:
    result = analysed_series(tmp_path, *CASES["gap"])
    codes = {named.code for named in result.analysis.report.peculiarities}

    assert len(result.analysis.labels) == 64
    assert result.analysis.labels[33].any()
    assert result.read("segmentation").NumberOfFrames == 2 * 63
    assert "segmentation_without_filled_slices" in codes


def test_a_head_without_a_lesion_has_one_empty_segment_of_every_slice_which_its_series_tells(tmp_path: Path) -> None:
    result = analysed_series(tmp_path, small_head(**SMALL, bleed=None), network=ThresholdNetwork(any_probability=0.01))
    frames = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(result.path("segmentation"))))
    dataset = result.read("segmentation")

    assert len(frames) == len(result.sources)
    assert not frames.any()
    (segment,) = dataset.SegmentSequence
    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Hematoma"
    assert "TrackingUID" not in segment  # there is no finding to be followed
    assert dataset.SeriesDescription == "UNVERIFIED no haemorrhage outlined (research use only)"


def test_oedema_alone_is_segment_1(tmp_path: Path) -> None:
    volume = analysed_series(tmp_path).analysis.volume
    labels = np.zeros(volume.hu.shape, np.uint8)
    labels[12:15, 40:60, 50:70] = 2
    assert volume.identity is not None
    path = tmp_path / "oedema.dcm"
    make_segmentation(volume, volume.identity, labels, Algorithm("net", "1")).save_as(path)

    segmentation = segread(path)
    assert [description.segmented_property_type.meaning for description in segmentation.SegmentSequence] == ["Edema"]
    uids = [uid for uid in volume.identity.sop_instance_uids if uid]
    read = segmentation.get_pixels_by_source_instance(uids, segment_numbers=[1])[..., 0]
    np.testing.assert_array_equal(read, labels == 2)
