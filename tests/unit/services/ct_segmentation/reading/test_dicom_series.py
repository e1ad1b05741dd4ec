import io
import logging
import warnings
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK
from highdicom.legacy import LegacyConvertedEnhancedCTImage
from pydicom import dcmread
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.volume import AIR_HU, CtVolume
from tests.fixtures.dicom_series import DicomOptions, dicom_files, encoded, file_of, series_datasets, zip_of
from tests.fixtures.head_phantom import small_head

HEAD = small_head(pixels=64, row_spacing_mm=3.6, column_spacing_mm=3.6, subslices=1)


def read(options: DicomOptions | None = None, head=HEAD) -> CtVolume:
    return read_study(dicom_files(head.volume.hu, head.affine, options or DicomOptions()))


def codes(volume: CtVolume) -> set[str]:
    return {peculiarity.code for peculiarity in volume.peculiarities}


def changed(change, head=HEAD) -> list[StudyFile]:
    datasets = series_datasets(head.volume.hu, head.affine, DicomOptions())
    for index, dataset in enumerate(datasets):
        change(index, dataset)
    return [file_of(f"{n}.dcm", encoded(dataset)) for n, dataset in enumerate(datasets)]


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
        JPEGLossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEG2000Lossless,
    ],
    ids=lambda syntax: syntax.keyword,
)
def test_every_lossless_syntax_gives_the_very_same_hounsfield_units(syntax: UID, signed: bool, bits: int) -> None:
    intercept = 0.0 if signed and bits == 12 else -1024.0  # 12 signed bits end at 2047
    head = small_head(pixels=32, row_spacing_mm=7.2, column_spacing_mm=7.2, slices=8, slice_mm=20.0, subslices=1)
    hu = np.minimum(head.volume.hu, 2000)

    volume = read_study(
        dicom_files(hu, head.affine, DicomOptions(syntax=syntax, signed=signed, bits_stored=bits, intercept=intercept))
    )

    np.testing.assert_array_equal(volume.hu, hu)
    assert ("transfer_syntax" in codes(volume)) == (syntax != ExplicitVRLittleEndian)


def test_slices_are_sorted_by_position_whatever_the_instance_numbers_and_the_file_order_say() -> None:
    volume = read(DicomOptions(shuffled=True))

    np.testing.assert_array_equal(volume.hu, HEAD.volume.hu)
    np.testing.assert_allclose(volume.affine, HEAD.affine, atol=1e-6)
    assert {"instance_numbers_out_of_order", "files_out_of_order"} <= codes(volume)


def test_a_sound_series_has_no_peculiarities() -> None:
    assert read().peculiarities == ()


def test_positions_agree_with_simpleitk_on_a_tilted_series(tmp_path) -> None:
    head = replace(HEAD, tilt_degrees=12.0, row_spacing_mm=3.0)
    names = []
    for file in dicom_files(head.volume.hu, head.affine, DicomOptions()):
        path = tmp_path / file.name
        with file.open() as stream:
            path.write_bytes(stream.read())
        names.append(path)

    volume = read(head=head)

    # Slice by slice: SimpleITK's series reader knows no shear.
    for k in (0, 10, 31):
        image = SimpleITK.ReadImage(str(names[k]))
        np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image)[0], volume.hu[k])
        for i, j in ((0, 0), (63, 5), (7, 60)):
            expected = image.TransformIndexToPhysicalPoint((i, j, 0))
            np.testing.assert_allclose((volume.affine @ (i, j, k, 1))[:3], expected, atol=1e-4)


def test_a_gantry_tilt_is_seen_from_the_positions_alone() -> None:
    volume = read(head=replace(HEAD, tilt_degrees=12.0))

    assert volume.tilt_degrees == pytest.approx(12.0, abs=0.01)
    assert volume.spacing_mm[0] == pytest.approx(5.0 * np.cos(np.radians(12)), abs=1e-4)
    assert "gantry_tilt_tag_disagrees" in codes(volume)


def test_pixel_spacing_is_row_spacing_first() -> None:
    volume = read(head=replace(HEAD, row_spacing_mm=3.0, column_spacing_mm=4.0))

    assert volume.spacing_mm == pytest.approx((5.0, 3.0, 4.0))
    np.testing.assert_allclose(volume.affine[:3, 1], (0, 3, 0), atol=1e-6)  # one row down is 3 mm to the back


def test_a_gap_of_5_mm_is_filled_with_the_mean_of_its_neighbours_and_named() -> None:
    head = replace(HEAD, slices=64, slice_mm=2.5)

    volume = read(DicomOptions(omit=(20,)), head)

    assert len(volume.hu) == 64
    around = head.volume.hu[[19, 21]].astype(float).mean(axis=0)
    np.testing.assert_allclose(volume.hu[20], around, atol=0.5)
    np.testing.assert_array_equal(np.delete(volume.hu, 20, 0), np.delete(head.volume.hu, 20, 0))
    np.testing.assert_allclose(volume.affine, head.affine, atol=1e-6)
    assert volume.identity is not None
    assert [k for k, uid in enumerate(volume.identity.sop_instance_uids) if uid is None] == [20]
    (gap,) = (p for p in volume.peculiarities if p.code == "gap_filled")
    assert "20 and 21" in gap.detail
    assert "5.00 mm" in gap.detail


def test_a_base_at_half_the_spacing_of_the_vertex_becomes_one_even_grid() -> None:
    head = replace(HEAD, slices=64, slice_mm=2.5)

    volume = read(DicomOptions(omit=tuple(range(33, 64, 2))), head)

    assert volume.spacing_mm[0] == pytest.approx(2.5)
    assert len(volume.hu) == 63  # the last slice left out has nothing above it
    np.testing.assert_array_equal(volume.hu[:33], head.volume.hu[:33])
    np.testing.assert_array_equal(volume.hu[34::2], head.volume.hu[34::2])


def test_slightly_uneven_slices_are_interpolated_and_named() -> None:
    def jitter(index, dataset):
        x, y, z = dataset.ImagePositionPatient
        dataset.ImagePositionPatient = [x, y, z + (0.6 if index % 2 else 0)]

    volume = read_study(changed(jitter))

    assert "irregular_spacing" in codes(volume)
    assert volume.spacing_mm[0] == pytest.approx(5.0, abs=0.1)


def test_each_slice_is_rescaled_by_its_own_slope_and_intercept() -> None:
    def rescale(index, dataset):
        slope = 1 + index % 3
        stored = np.frombuffer(dataset.PixelData, "<u2")
        dataset.PixelData = (stored // slope).astype("<u2").tobytes()
        dataset.RescaleSlope = slope

    volume = read_study(changed(rescale))

    expected = [
        (plane.astype(int) + 1024) // (1 + k % 3) * (1 + k % 3) - 1024 for k, plane in enumerate(HEAD.volume.hu)
    ]
    np.testing.assert_array_equal(volume.hu, expected)


def test_fractional_slopes_are_rounded_to_whole_hounsfield_units() -> None:
    volume = read(DicomOptions(slope=0.5, bits_stored=16))

    np.testing.assert_array_equal(volume.hu, HEAD.volume.hu)


def test_padding_that_does_not_fit_into_the_stored_bits_becomes_air() -> None:
    def pad(_, dataset):
        stored = np.frombuffer(dataset.PixelData, "<u2").copy().reshape(64, 64)
        stored[:, :5] = 63536  # -2000 in 16 signed bits
        dataset.PixelData = stored.tobytes()
        dataset.add_new(0x00280120, "SS", -2000)

    volume = read_study(changed(pad))

    assert (volume.hu[:, :, :5] == AIR_HU).all()
    np.testing.assert_array_equal(volume.hu[:, :, 5:], HEAD.volume.hu[:, :, 5:])
    assert "padding_outside_fov" in codes(volume)


def test_a_padding_value_among_tissue_does_not_punch_holes() -> None:
    volume = read_study(changed(lambda _, dataset: dataset.add_new(0x00280120, "US", 1034)))  # 10 HU

    np.testing.assert_array_equal(volume.hu, HEAD.volume.hu)


def test_overlay_bits_above_the_stored_ones_are_not_read_as_bone() -> None:
    def draw(_, dataset):
        stored = np.frombuffer(dataset.PixelData, "<u2").copy().reshape(64, 64)
        stored[10:20, 10:20] |= 0x8000
        dataset.PixelData = stored.tobytes()

    np.testing.assert_array_equal(read_study(changed(draw)).hu, HEAD.volume.hu)


def test_a_sign_bit_inside_the_stored_bits_is_extended() -> None:
    hu = np.minimum(HEAD.volume.hu, 2047)

    def strip(index, dataset):
        dataset.PixelData = (hu[index].astype("<i2").view("<u2") & 0x0FFF).tobytes()
        dataset.PixelRepresentation, dataset.RescaleIntercept = 1, 0

    np.testing.assert_array_equal(read_study(changed(strip)).hu, hu)


def test_negative_values_wrapped_around_in_unsigned_storage_are_restored() -> None:
    hu = np.clip(HEAD.volume.hu, -1024, 3000)

    def wrap(index, dataset):
        dataset.PixelData = (hu[index].astype(int) % 4096).astype("<u2").tobytes()
        dataset.RescaleIntercept = 0

    volume = read_study(changed(wrap))

    np.testing.assert_array_equal(volume.hu, hu)
    assert "stored_values_wrapped" in codes(volume)


def test_localizers_reports_and_other_files_in_a_zip_are_left_out_and_named() -> None:
    scout, capture = series_datasets(HEAD.volume.hu, HEAD.affine, DicomOptions(seed=9))[:2]
    scout.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    capture.SOPClassUID = capture.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    files = [
        *dicom_files(HEAD.volume.hu, HEAD.affine, DicomOptions()),
        file_of("scout.dcm", encoded(scout)),
        file_of("dose.dcm", encoded(capture)),
        file_of("viewer.exe", b"MZ something"),
        file_of("__MACOSX/._IM0001.dcm", b"clutter"),
        file_of(".DS_Store", b"clutter"),
    ]

    volume = read_study([file_of("study.zip", zip_of(files))])

    np.testing.assert_array_equal(volume.hu, HEAD.volume.hu)
    assert codes(volume) == {"localizer_left_out", "non_ct_left_out", "non_dicom_left_out"}


def test_a_multi_frame_image_reads_like_its_single_frames() -> None:
    datasets = series_datasets(HEAD.volume.hu, HEAD.affine, DicomOptions(shuffled=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        enhanced = LegacyConvertedEnhancedCTImage(datasets, "1.2.3.4", 5, "1.2.3.5", 1)
        buffer = io.BytesIO()
        enhanced.save_as(buffer)

    volume = read_study([file_of("enhanced", buffer.getvalue())])

    np.testing.assert_array_equal(volume.hu, HEAD.volume.hu)
    np.testing.assert_allclose(volume.affine, HEAD.affine, atol=1e-6)
    assert volume.identity is not None
    assert sorted(number or 0 for number in volume.identity.frame_numbers) == list(range(1, 33))


def test_identifiers_follow_the_slices() -> None:
    files = dicom_files(HEAD.volume.hu, HEAD.affine, DicomOptions(shuffled=True))

    volume = read_study(files)

    assert volume.identity is not None
    heights = {}
    for file in files:
        with file.open() as stream:
            dataset = dcmread(stream)
        heights[dataset.SOPInstanceUID] = float(dataset.ImagePositionPatient[2])
    found = [heights[uid] for uid in volume.identity.sop_instance_uids]
    assert found == sorted(found)
    assert volume.identity.sop_class_uid == CTImageStorage


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _, dataset: setattr(dataset, "ContrastBolusAgent", "Omnipaque 350"), "contrast_given"),
        (lambda _, dataset: setattr(dataset, "SeriesDescription", "4cc sec 150cc"), "contrast_suspected"),
        (lambda _, dataset: setattr(dataset, "BurnedInAnnotation", "YES"), "burned_in"),
        (lambda _, dataset: setattr(dataset, "LossyImageCompression", "01"), "lossy_compressed"),
        (lambda _, dataset: setattr(dataset, "ImageType", ["DERIVED", "SECONDARY"]), "derived_images"),
        (lambda _, dataset: setattr(dataset, "SliceThickness", 2.5), "slice_thickness_differs_from_spacing"),
        (lambda _, dataset: setattr(dataset, "ReconstructionDiameter", 100), "reconstruction_diameter_disagrees"),
        (lambda _, dataset: setattr(dataset, "BodyPartExamined", "NECK"), "body_part_not_head"),
        (lambda _, dataset: delattr(dataset, "InstanceNumber"), "instance_numbers_unusable"),
        (lambda i, dataset: setattr(dataset, "InstanceNumber", i + 5 * (i > 9)), "instance_numbers_missing"),
        (lambda _, dataset: delattr(dataset, "Manufacturer"), "manufacturer_unknown"),
    ],
)
def test_a_peculiarity_is_named(change, code: str) -> None:
    assert code in codes(read_study(changed(change)))


def test_a_series_described_as_plain_is_not_suspected_of_contrast() -> None:
    for description in ("HEAD W/O CONTRAST", "Non-contrast head 5mm", "NCCT"):
        assert not codes(read(DicomOptions(series_description=description)))


def test_odd_header_values_are_not_quoted_in_the_log(caplog) -> None:
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = changed(lambda _, dataset: setattr(dataset, "PatientBirthDate", "born 1950"))
        caplog.clear()
        read_study(files)

    assert "1950" not in caplog.text


def test_progress_runs_from_0_to_1_and_its_error_stops_the_reading() -> None:
    heard: list[float] = []
    files = dicom_files(HEAD.volume.hu, HEAD.affine, DicomOptions())
    read_study(files, heard.append)

    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0)

    def stop(share: float) -> None:
        if share > 0.5:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        read_study(files, stop)
