import numpy as np
import pytest

from services.ct_segmentation.errors import NotHeadError
from services.ct_segmentation.reading.head_check import check_head
from services.ct_segmentation.volume import Acquisition, CtVolume
from shared.contracts.ct import Peculiarity
from tests.fixtures.head_phantom import small_head

HEAD = small_head(pixels=96, subslices=1)
OTHER_PART = (Peculiarity(code="body_part_not_head", detail=""),)


def volume(hu: np.ndarray, peculiarities: tuple[Peculiarity, ...] = ()) -> CtVolume:
    return CtVolume(hu, HEAD.affine, Acquisition(source="dicom"), peculiarities=peculiarities)


def open_skull() -> np.ndarray:
    """A third of the vault is missing."""
    hu = HEAD.volume.hu.copy()
    left_front = hu[:, :60, 60:]
    left_front[left_front > 150] = 40
    return hu


def limb() -> np.ndarray:
    """A shaft of bone in muscle: bone enough, but it closes around nothing large."""
    hu = np.full(HEAD.volume.hu.shape, -1000, np.int16)
    rows, columns = np.mgrid[:96, :96] - 48
    hu[:, np.hypot(rows, columns) < 28] = 50
    hu[:, (np.hypot(rows, columns) < 7) & (np.hypot(rows, columns) > 4)] = 1200
    return hu


def test_a_head_passes_even_when_the_tag_names_another_part() -> None:
    check_head(volume(HEAD.volume.hu))
    check_head(volume(HEAD.volume.hu, OTHER_PART))


def test_a_head_after_removal_of_a_bone_flap_passes() -> None:
    check_head(volume(open_skull()))


def test_a_part_of_a_head_passes() -> None:
    check_head(volume(HEAD.volume.hu[20:26]))


def test_water_without_bone_is_no_head() -> None:
    with pytest.raises(NotHeadError, match="bone"):
        check_head(volume(np.minimum(HEAD.volume.hu, 100)))


def test_another_part_is_refused_by_tag_and_picture_together_and_by_neither_alone() -> None:
    check_head(volume(limb()))
    with pytest.raises(NotHeadError, match="another body part"):
        check_head(volume(limb(), OTHER_PART))
