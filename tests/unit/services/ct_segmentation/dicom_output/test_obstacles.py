import numpy as np
import pytest

from services.ct_segmentation.dicom_output.obstacles import dicom_peculiarities, has_segmentation
from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.volume import SeriesIdentity
from tests.fixtures.dicom_series import DicomOptions, dicom_files
from tests.fixtures.head_phantom import small_head

GAP = 20


@pytest.fixture(scope="module")
def identity() -> SeriesIdentity:
    """Of a series whose slice ``GAP`` was interpolated."""
    head = small_head(pixels=64, row_spacing_mm=3.6, column_spacing_mm=3.6, slices=64, slice_mm=2.5, subslices=1)
    volume = read_study(dicom_files(head.volume.hu, head.affine, DicomOptions(omit=(GAP,))))
    assert volume.identity is not None
    assert volume.identity.sop_instance_uids[GAP] is None
    return volume.identity


def lesion_on(*slices: int) -> np.ndarray:
    labels = np.zeros((64, 64, 64), np.uint8)
    labels[list(slices), 30:34, 30:34] = 1
    return labels


@pytest.mark.parametrize(
    ("slices", "segmented", "code"),
    [
        ((), True, None),
        ((10, 11), True, None),
        ((GAP - 1, GAP, GAP + 1), True, "segmentation_without_filled_slices"),
        ((GAP,), False, "lesions_on_filled_slices_only"),
    ],
    ids=["no lesion", "acquired slices", "across the gap", "in the gap alone"],
)
def test_what_was_found_is_segmented_where_an_image_is_its_own_and_nothing_as_nothing(
    identity: SeriesIdentity, slices: tuple[int, ...], segmented: bool, code: str | None
) -> None:
    labels = lesion_on(*slices)

    assert has_segmentation(identity, labels) is segmented
    assert [named.code for named in dicom_peculiarities(identity, labels)] == ([code] if code else [])
