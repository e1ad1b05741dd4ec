import numpy as np
import pytest
from scipy import ndimage

from services.ct_segmentation.measurements import abc_half, head_volume_ml, measure, without_specks
from tests.fixtures.head_phantom import small_head

AFFINE = np.diag([0.5, 0.5, 2.5, 1.0])


def ellipsoid(shape, centre, axes, spacing) -> np.ndarray:
    """Voxels (slice, row, column) whose centres lie within; everything in mm."""
    grids = np.meshgrid(*(np.arange(n) * mm for n, mm in zip(shape, spacing, strict=True)), indexing="ij")
    return sum(((g - c) / a) ** 2 for g, c, a in zip(grids, centre, axes, strict=True)) <= 1


def test_an_ellipsoid_has_its_analytic_volume() -> None:
    mask = ellipsoid((40, 160, 160), (50, 40, 40), (30, 20, 15), (2.5, 0.5, 0.5))

    result = measure(mask, AFFINE)

    assert result.volume_ml == pytest.approx(4 / 3 * np.pi * 30 * 20 * 15 / 1000, rel=0.01)
    assert result.largest_slice == 20
    np.testing.assert_allclose(result.lesions[0].centroid_mm, (40, 40, 50), atol=0.01)


def test_a_tilted_grid_keeps_the_volume_in_ml() -> None:
    """|det| of a shear is the product of pixel area and perpendicular distance, not of the step length."""
    tilted = AFFINE.copy()
    tilted[1, 2] = 1.0  # 2.5 mm up and 1 mm back per slice
    mask = np.ones((4, 10, 10), bool)

    assert measure(mask, tilted).volume_ml == pytest.approx(4 * 100 * 0.5 * 0.5 * 2.5 / 1000)


def test_voxels_that_touch_by_a_corner_are_one_lesion() -> None:
    mask = np.zeros((6, 8, 8), bool)
    mask[1, 1, 1] = mask[2, 2, 2] = True
    mask[4, 5:7, 5:7] = True

    lesions = measure(mask, AFFINE).lesions

    assert [lesion.volume_ml for lesion in lesions] == pytest.approx([4 * 0.000625, 2 * 0.000625])
    assert lesions[0].first_voxel == (4, 5, 5)
    assert lesions[0].last_voxel == (4, 6, 6)
    assert lesions[1].centroid_mm == pytest.approx((0.75, 0.75, 3.75))


def test_lesions_agree_with_scipy_on_random_masks() -> None:
    mask = ndimage.gaussian_filter(np.random.default_rng(3).standard_normal((20, 60, 60)), 2) > 0.06

    lesions = measure(mask, AFFINE).lesions

    labels, count = ndimage.label(mask, np.ones((3, 3, 3)))
    sizes = sorted(ndimage.sum_labels(mask, labels, range(1, count + 1)) * 0.000625, reverse=True)
    assert count > 5
    np.testing.assert_allclose([lesion.volume_ml for lesion in lesions], sizes)


def test_an_empty_mask_measures_nothing() -> None:
    result = measure(np.zeros((5, 6, 7), bool), AFFINE)

    assert (result.volume_ml, result.lesions, result.largest_slice, result.abc_half) == (0.0, (), None, None)


def test_abc_half_of_a_cylinder_by_hand() -> None:
    """Ellipse 40 x 24 mm on 6 slices of 5 mm: A = 40, B = 24, C = 30, ABC/2 = 14.4 mL."""
    plane = ellipsoid((1, 120, 120), (0, 30, 30), (1, 20, 12), (1, 0.5, 0.5))
    result = abc_half(np.repeat(plane, 6, axis=0), (5.0, 0.5, 0.5), first_slice=7)

    assert result.a_mm == pytest.approx(40, abs=0.6)
    assert result.b_mm == pytest.approx(24, abs=0.6)
    assert result.c_mm == 30
    assert result.volume_ml == pytest.approx(14.4, rel=0.04)
    assert result.slice_index == 7


def test_slices_count_wholly_half_or_not_by_their_area() -> None:
    lesion = np.zeros((5, 10, 100), bool)
    for k, length in enumerate((24, 25, 75, 76, 100)):  # per cent of the largest
        lesion[k, 0, :length] = True

    assert abc_half(lesion, (5.0, 1.0, 1.0)).c_mm == 5.0 * (0 + 0.5 + 0.5 + 1 + 1)


def test_diameters_turn_with_the_lesion_and_follow_unequal_spacing() -> None:
    rows, columns = np.mgrid[:200, :100]
    y, x = (rows - 100) * 0.5, (columns - 50) * 1.0
    u, v = (x + y) / np.sqrt(2), (x - y) / np.sqrt(2)
    plane = (u / 30) ** 2 + (v / 12) ** 2 <= 1

    result = abc_half(plane[None], (5.0, 0.5, 1.0))

    assert result.a_mm == pytest.approx(60, abs=1)
    assert result.b_mm == pytest.approx(24, abs=1)


def test_one_voxel_has_finite_diameters() -> None:
    result = abc_half(np.ones((1, 1, 1), bool), (5.0, 0.5, 0.5))

    assert 0 < result.b_mm <= result.a_mm <= np.hypot(0.5, 0.5)


def test_specks_are_removed_by_physical_volume() -> None:
    mask = np.zeros((10, 40, 40), bool)
    mask[1, 1:11, 1:11] = True  # 100 voxels
    mask[5, 20:29, 20:31] = True  # 99 voxels

    kept = without_specks(mask, voxel_ml=0.001, min_ml=0.1)

    assert np.count_nonzero(kept) == 100
    assert kept[1, 1, 1]
    assert not without_specks(np.zeros_like(mask), 0.001).any()


def test_the_head_is_measured_without_its_holder_and_with_its_cavities() -> None:
    hu = np.full((20, 100, 100), -1000, np.int16)
    head = ellipsoid(hu.shape, (50, 100, 100), (40, 70, 60), (5, 2, 2))
    hu[head] = 40
    hu[ellipsoid(hu.shape, (50, 60, 100), (10, 8, 8), (5, 2, 2))] = -900  # a sinus
    hu[:, 95:98] = 100  # the table

    measured = head_volume_ml(hu, np.diag([2.0, 2.0, 5.0, 1.0]))

    assert measured == pytest.approx(4 / 3 * np.pi * 40 * 70 * 60 / 1000, rel=0.01)


def test_a_head_has_the_same_volume_however_it_is_scanned() -> None:
    upright = small_head()
    tilted = small_head(tilt_degrees=10, row_spacing_mm=2.0)

    volumes = [head_volume_ml(head.volume.hu, head.affine) for head in (upright, tilted)]

    assert volumes[0] == pytest.approx(volumes[1], rel=0.04)  # tilted, a wedge at the neck is cut differently
    assert 2500 < volumes[0] < 5000
