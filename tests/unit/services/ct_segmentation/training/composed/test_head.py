"""Finding the brain's space, its depth and its midline."""

import numpy as np
import pytest
from scipy import ndimage

from services.ct_segmentation.training.composed.head import depth_of
from services.ct_segmentation.training.composed.head_sources import CQ500, head_from_hu
from services.ct_segmentation.training.composed.intracranial import find_midline
from tests.fixtures.composing import thick_part, thin_head

SPACING = (4.0, 1.0, 1.0)


def _round_skull() -> np.ndarray:
    """A ball of brain, 60 mm in radius, in 7 mm of bone and 5 mm of scalp."""
    z, y, x = np.indices((38, 160, 160)).astype(np.float32)
    radius = np.sqrt(((z - 18.5) * 4) ** 2 + (y - 79.5) ** 2 + (x - 79.5) ** 2)
    return np.select([radius < 60, radius < 67, radius < 72], [33.0, 900.0, 40.0], -1000.0).astype(np.float32)


def test_the_inside_of_a_round_skull_has_the_ball_s_volume_and_depth() -> None:
    head = head_from_hu("ball", CQ500, _round_skull(), SPACING)
    assert head.inside.sum() * head.voxel_ml == pytest.approx(4 / 3 * np.pi * 60**3 / 1000, rel=0.08)
    assert head.depth_mm.max() == pytest.approx(60, abs=4)
    assert (head.hu[head.inside] == 33).all()


def test_an_orbit_beside_the_brain_is_not_inside() -> None:
    hu = _round_skull()
    z, y, x = np.indices(hu.shape)
    orbit = ((z - 15) * 4) ** 2 + (y - 25) ** 2 + (x - 79) ** 2
    hu[orbit < 22**2] = 900
    hu[orbit < 17**2] = -80  # fat
    assert not head_from_hu("ball", CQ500, hu, SPACING).inside[orbit < 17**2].any()


def test_a_calcification_in_the_brain_leaves_no_hole() -> None:
    hu = _round_skull()
    hu[18, 80:83, 80:83] = 400
    assert head_from_hu("ball", CQ500, hu, SPACING).inside[18, 60:100, 60:100].all()


@pytest.mark.parametrize(("degrees", "shift"), [(0, 0), (12, 6), (-20, -4)])
def test_the_midline_follows_a_turned_and_shifted_head(degrees: float, shift: int) -> None:
    rows, columns = np.indices((200, 200)).astype(np.float32)
    brain = ((rows - 100) / 80) ** 2 + ((columns - 100) / 62) ** 2 < 1
    hu = np.where(brain, 34.0, 0.0)
    for side in (-1, 1):  # ventricles
        hu[((rows - 90) / 20) ** 2 + ((columns - 100 - 12 * side) / 5) ** 2 < 1] = 8.0
    turned = ndimage.shift(ndimage.rotate(hu, degrees, reshape=False, order=1), (0, shift), order=1)
    inside = ndimage.shift(ndimage.rotate(brain.astype(float), degrees, reshape=False, order=1), (0, shift)) > 0.5
    found = find_midline(turned[None].astype(np.float32), inside[None], 1.0)
    lateral, sagittal = found.coordinates_mm((200, 200), 1.0)
    assert abs(np.degrees(found.angle)) == pytest.approx(abs(degrees), abs=1.5)
    # The middle of the brain lies on the line, and so does its front.
    angle = np.radians(degrees)
    front = (round(99.5 - 70 * np.cos(angle)), round(99.5 + shift - 70 * np.sin(angle)))
    assert abs(lateral[100, 100 + shift]) < 1.5
    assert abs(lateral[front]) < 3
    assert sagittal[front] == pytest.approx(-70, abs=4)


def test_depth_does_not_count_the_end_of_a_scan_as_skull() -> None:
    inside = np.zeros((5, 21, 21), np.bool_)
    inside[:, 3:18, 3:18] = True
    assert depth_of(inside, (5.0, 1.0, 1.0))[0, 10, 10] == pytest.approx(8)


def test_cerebrum_is_told_from_skull_base() -> None:
    whole = thin_head()
    inside = np.flatnonzero(whole.inside.any(axis=(1, 2)))
    assert not whole.supratentorial[inside[0] : inside[0] + 8].any()
    assert whole.supratentorial[inside[-1] - 8 :].all()
    assert thick_part().supratentorial.all()


def test_fluid_is_what_is_darker_than_brain_and_inside() -> None:
    head = thin_head()
    assert head.brain_hu == pytest.approx(32, abs=3)
    assert head.hu[head.fluid > 0.9].mean() < 16
    assert not head.fluid[~head.inside].any()
