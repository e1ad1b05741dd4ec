"""Reading the real bleeds' shapes."""

from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.training.composed.shapes import BleedShape, read_shapes
from services.ct_segmentation.training.phe_sich import DatasetError
from tests.fixtures.composing import ellipsoid, write_shapes

SPACING = (5.0, 0.5, 0.6)


def test_a_shape_keeps_its_volume_and_its_spacing(tmp_path: Path) -> None:
    mask = ellipsoid((15, 10, 12), SPACING)
    [shape] = read_shapes(write_shapes(tmp_path, [mask], SPACING))
    assert shape.volume_ml == pytest.approx(4 / 3 * np.pi * 15 * 10 * 12 / 1000, rel=0.06)
    assert shape.spacing_mm == pytest.approx((5.0, 0.55, 0.55))


def test_only_the_largest_part_of_a_mask_is_a_shape_and_an_empty_mask_is_none(tmp_path: Path) -> None:
    large = ellipsoid((15, 10, 12), SPACING)
    both = np.concatenate([large, np.zeros_like(large)])
    both[-2, 10:14, 10:14] = True
    shapes = read_shapes(write_shapes(tmp_path, [both, np.zeros_like(large)], SPACING))
    assert [shape.mask.sum() for shape in shapes] == [large.sum()]


def test_a_folder_without_masks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No zip"):
        read_shapes(tmp_path)


def test_a_broken_archive_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "HemSeg-2.zip").write_bytes(b"PK nothing")
    with pytest.raises(DatasetError, match=r"HemSeg-2\.zip"):
        read_shapes(tmp_path)


def test_the_surface_is_positive_inside_and_closes_half_a_slice_beyond_the_ends() -> None:
    spacing = (5.0, 1.0, 1.0)
    mask = np.zeros((3, 25, 25), np.bool_)
    mask[:, 8:17, 8:17] = True
    surface = BleedShape("block", mask, spacing).surface_mm()
    assert surface.shape == (5, 25, 25)
    assert ((surface[1:-1] > 0) == mask).all()
    assert ((surface[0] + surface[1]) / 2).max() == pytest.approx(0, abs=1e-4)
    assert surface[2, 12, 12] == pytest.approx(4.5, abs=0.3)
