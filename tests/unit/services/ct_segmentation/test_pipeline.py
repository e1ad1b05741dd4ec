from io import BytesIO
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom import dcmread

from services.ct_segmentation.pipeline import CtAnalysis, analyse
from shared.contracts.ct import CtReport
from tests.fixtures.dicom_series import DicomOptions, dicom_files, file_of, nifti_bytes, zip_of
from tests.fixtures.head_phantom import Bleed, HeadPhantom, small_head
from tests.fixtures.threshold_network import ThresholdNetwork

HEAD = small_head(pixels=128, row_spacing_mm=1.8, column_spacing_mm=1.8, noise_hu=1.0, subslices=3)


def ignore(_share: float, _stage: str) -> None:
    """Hear no progress."""


def run(
    folder: Path, head: HeadPhantom = HEAD, options: DicomOptions | None = None, network: ThresholdNetwork | None = None
) -> CtAnalysis:
    files = dicom_files(head.volume.hu, head.affine, options or DicomOptions(shuffled=True))
    return analyse(files, network or ThresholdNetwork(), ignore, folder)


def codes(parts) -> set[str]:
    return {part.code for part in parts}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tilt_degrees": 15.0},
        {"row_spacing_mm": 1.4, "column_spacing_mm": 1.9},
        {"slices": 64, "slice_mm": 2.5},
        {"bleed": Bleed(semi_axes_mm=(9.0, 12.0, 14.0))},
    ],
    ids=["plain", "tilted", "unequal pixels", "thin slices", "smaller bleed"],
)
def test_the_known_bleed_is_measured_within_12_per_cent_however_it_is_scanned(tmp_path, changes) -> None:
    head = small_head(**{"pixels": 160, "row_spacing_mm": 1.5, "column_spacing_mm": 1.5, "noise_hu": 1.0, **changes})

    report = run(tmp_path, head).report

    assert head.bleed is not None
    assert report.haematoma_ml == pytest.approx(head.bleed.haematoma_ml, rel=0.12)
    (bleed,) = (part for part in report.components if part.label == "haematoma")
    np.testing.assert_allclose(bleed.centroid_mm, head.bleed.centre_mm, atol=1.0)
    assert report.haemorrhage_suspected


def test_a_head_without_a_bleed_is_reported_empty(tmp_path) -> None:
    report = run(tmp_path, small_head(pixels=128, row_spacing_mm=1.8, column_spacing_mm=1.8, bleed=None)).report

    assert report.haematoma_ml == 0
    assert report.abc_over_2 is None
    assert report.radiomics == {}
    assert report.largest_lesion_slice is None
    assert not report.haemorrhage_suspected
    assert (tmp_path / "preview.png").stat().st_size > 10_000


@pytest.mark.parametrize("tilt_degrees", [0.0, 15.0])
def test_the_known_bleed_has_its_shape_and_density_on_an_upright_and_on_a_tilted_grid(tmp_path, tilt_degrees) -> None:
    head = small_head(pixels=160, row_spacing_mm=1.5, column_spacing_mm=1.5, noise_hu=1.0, tilt_degrees=tilt_degrees)

    report = run(tmp_path, head).report

    bleed = report.radiomics["haematoma"]
    assert bleed.shape["VoxelVolume"] == pytest.approx(1000 * report.haematoma_ml)
    axes_mm = [bleed.shape[f"{name}AxisLength"] for name in ("Least", "Minor", "Major")]
    # A solid ellipsoid of semi-axis a varies by a² / 5 along it, and an axis length is four standard deviations.
    assert axes_mm == pytest.approx([4 * semi_axis / np.sqrt(5) for semi_axis in (14.5, 21.47, 23.0)], rel=0.06)
    assert bleed.first_order["Median"] == pytest.approx(61, abs=2)
    assert report.radiomics["oedema"].first_order["Median"] == pytest.approx(22, abs=4)


def test_the_report_fits_its_contract_and_names_peculiarities(tmp_path) -> None:
    head = small_head(slices=64, slice_mm=2.5, tilt_degrees=10)

    report = run(tmp_path, head, DicomOptions(omit=(40,), shuffled=True)).report

    assert CtReport.model_validate_json(report.model_dump_json()) == report
    assert {"gap_filled", "gantry_tilt", "thin_slices", "files_out_of_order"} <= codes(report.peculiarities)
    assert report.geometry.tilt_degrees == pytest.approx(10, abs=0.01)
    assert report.geometry.slices == 64


def test_the_report_names_the_series_by_identifiers_that_others_can_look_up(tmp_path) -> None:
    files = dicom_files(HEAD.volume.hu, HEAD.affine, DicomOptions())
    header = dcmread(BytesIO(files[0].open().read()), stop_before_pixels=True)
    report = run(tmp_path, options=DicomOptions()).report
    assert (report.study_instance_uid, report.series_instance_uid) == (
        header.StudyInstanceUID,
        header.SeriesInstanceUID,
    )

    malformed = run(tmp_path, options=DicomOptions(study_seed="of unknown origin")).report
    assert (malformed.study_instance_uid, malformed.series_instance_uid) == (None, None)

    nifti = [file_of("head.nii.gz", nifti_bytes(HEAD.volume.hu, HEAD.affine))]
    assert analyse(nifti, ThresholdNetwork(), ignore, tmp_path).report.study_instance_uid is None


def test_the_volume_for_viewers_and_its_mask_share_one_orthogonal_grid(tmp_path) -> None:
    head = small_head(pixels=128, row_spacing_mm=1.8, column_spacing_mm=1.8, tilt_degrees=15)
    analysis = run(tmp_path, head)

    volume, mask = (nib.load(analysis.files[role].path) for role in ("volume", "mask"))
    assert volume.shape == mask.shape
    np.testing.assert_array_equal(volume.affine, mask.affine)
    columns = volume.affine[:3, :3]
    np.testing.assert_allclose(columns.T @ columns, np.diag(np.diag(columns.T @ columns)), atol=1e-4)
    voxel_ml = abs(np.linalg.det(columns)) / 1000
    assert np.count_nonzero(np.asarray(mask.dataobj) == 1) * voxel_ml == pytest.approx(
        analysis.report.haematoma_ml, rel=1e-4
    )


def test_labels_follow_the_source_slices_whatever_way_they_were_stored(tmp_path) -> None:
    flipped = HEAD.affine.copy()
    flipped[:3, 3] += flipped[:3, 2] * 31 + flipped[:3, 0] * 127
    flipped[:3, [0, 2]] *= -1
    stored = np.ascontiguousarray(HEAD.volume.hu[::-1, :, ::-1])
    network = ThresholdNetwork()

    analysis = analyse([file_of("head.nii.gz", nifti_bytes(stored, flipped))], network, ignore, tmp_path)

    np.testing.assert_array_equal(analysis.volume.hu, stored)
    np.testing.assert_array_equal(network.seen[0], HEAD.volume.hu)
    truth = HEAD.volume.labels[::-1, :, ::-1] == 1
    dice = 2 * np.sum(truth & (analysis.labels == 1)) / (truth.sum() + np.sum(analysis.labels == 1))
    assert dice > 0.9
    native = nib.load(analysis.files["native_mask"].path)
    np.testing.assert_array_equal(np.asarray(native.dataobj).transpose(2, 1, 0), analysis.labels)


def test_a_contradicting_classifier_is_flagged_and_paints_nothing(tmp_path) -> None:
    agreed = run(tmp_path, network=ThresholdNetwork())
    contradicted = run(tmp_path, network=ThresholdNetwork(any_probability=0.1))

    assert "type_mask_disagreement" in codes(contradicted.report.review_flags)
    assert "type_mask_disagreement" not in codes(agreed.report.review_flags)
    np.testing.assert_array_equal(agreed.labels, contradicted.labels)


def test_progress_only_grows_and_what_it_raises_ends_the_analysis(tmp_path) -> None:
    heard: list[tuple[float, str]] = []
    files = [file_of("head.zip", zip_of(dicom_files(HEAD.volume.hu, HEAD.affine, DicomOptions())))]
    analyse(files, ThresholdNetwork(), lambda share, stage: heard.append((share, stage)), tmp_path)

    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert list(dict.fromkeys(stage for _, stage in heard)) == ["reading", "segmenting", "measuring", "writing"]

    def deadline(_: float, stage: str) -> None:
        if stage == "segmenting":
            raise TimeoutError

    with pytest.raises(TimeoutError):
        analyse(files, ThresholdNetwork(), deadline, tmp_path)
