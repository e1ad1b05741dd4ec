from itertools import permutations, product

import numpy as np
import pytest

from services.ct_segmentation.errors import NotAxialError
from services.ct_segmentation.geometry import canonical_view, upright_grid
from services.ct_segmentation.volume import Acquisition, CtVolume
from tests.fixtures.head_phantom import HeadPhantom, small_head

HEAD = small_head(pixels=48, row_spacing_mm=4.8, column_spacing_mm=4.8, subslices=1)


def volume_of(hu, affine) -> CtVolume:
    return CtVolume(hu, affine, Acquisition(source="nifti"))


def rearranged(axes, flips) -> CtVolume:
    """A canonical 1 mm volume stored with its axes swapped and reversed."""
    hu = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    stored = hu.transpose(axes)
    affine = np.eye(4)
    affine[:3, :3] = np.eye(3)[:, [2 - axes[2 - c] for c in range(3)]]
    for axis, flip in enumerate(flips):
        if flip:
            stored = np.flip(stored, axis)
            affine[:3, 3] += affine[:3, 2 - axis] * (stored.shape[axis] - 1)
            affine[:3, 2 - axis] *= -1
    return volume_of(np.ascontiguousarray(stored), affine)


@pytest.mark.parametrize(("axes", "flips"), list(product(permutations(range(3)), product((False, True), repeat=3))))
def test_all_48_ways_of_storing_a_volume_give_the_same_view_and_an_exact_way_back(axes, flips) -> None:
    volume = rearranged(axes, flips)

    view = canonical_view(volume)

    np.testing.assert_array_equal(view.hu, np.arange(120).reshape(4, 5, 6))
    np.testing.assert_allclose(view.affine, np.eye(4), atol=1e-12)
    np.testing.assert_array_equal(view.to_native(view.hu), volume.hu)


def test_the_view_keeps_every_voxel_at_its_place_in_a_tilted_patient() -> None:
    head = HeadPhantom(pixels=20, slices=10, tilt_degrees=17, subslices=1, row_spacing_mm=11, column_spacing_mm=12)
    hu = head.volume.hu[::-1, :, ::-1]  # stored from the vertex down, mirrored
    affine = head.affine.copy()
    affine[:3, 3] += affine[:3, 2] * 9 + affine[:3, 0] * 19
    affine[:3, [0, 2]] *= -1

    view = canonical_view(volume_of(hu, affine))

    np.testing.assert_array_equal(view.hu, head.volume.hu)
    np.testing.assert_allclose(view.affine, head.affine, atol=1e-9)
    assert {peculiarity.code for peculiarity in view.peculiarities} == {"gantry_tilt", "oblique_slices"}


def test_thick_coronal_slices_are_refused_and_thin_ones_are_turned_and_named() -> None:
    hu = np.zeros((30, 40, 50), np.int16)
    coronal = np.eye(4)
    coronal[:3, :3] = [[1, 0, 0], [0, 0, 1], [0, -1, 0]]  # rows run downwards, slices to the back

    turned = canonical_view(volume_of(hu, coronal))
    assert turned.hu.shape == (40, 30, 50)
    assert [peculiarity.code for peculiarity in turned.peculiarities] == ["not_acquired_axial"]

    thick = coronal.copy()
    thick[:3, 2] *= 5
    with pytest.raises(NotAxialError):
        canonical_view(volume_of(hu, thick))


def test_an_upright_grid_keeps_each_voxel_within_half_a_pixel_of_its_place() -> None:
    head = HeadPhantom(pixels=30, slices=16, tilt_degrees=-14, subslices=1, row_spacing_mm=7, column_spacing_mm=8)
    view = canonical_view(volume_of(head.volume.hu, head.affine))
    grid = upright_grid(view)
    index = np.arange(view.hu.size).reshape(view.hu.shape)

    moved = grid.shear(index, fill=-1)

    gram = grid.affine[:3, :3].T @ grid.affine[:3, :3]
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-9)
    places = np.argwhere(moved >= 0)
    sources = np.stack(np.unravel_index(moved[moved >= 0], index.shape), axis=1)
    apart = (places[:, ::-1] @ grid.affine[:3, :3].T + grid.affine[:3, 3]) - (
        sources[:, ::-1] @ view.affine[:3, :3].T + view.affine[:3, 3]
    )
    assert np.linalg.norm(apart, axis=1).max() <= 3.5 + 1e-6
    np.testing.assert_array_equal(grid.unshear(moved), index)


def test_a_mask_keeps_its_volume_when_sheared_upright() -> None:
    head = small_head(tilt_degrees=15, pixels=64, row_spacing_mm=3.6, column_spacing_mm=3.6)
    view = canonical_view(volume_of(head.volume.hu, head.affine))
    grid = upright_grid(view)
    native_ml = np.count_nonzero(head.volume.labels) * abs(np.linalg.det(view.affine[:3, :3])) / 1000

    sheared = grid.shear(head.volume.labels, fill=0)

    assert np.count_nonzero(sheared) * np.prod(grid.spacing_mm) / 1000 == pytest.approx(native_ml)


def test_an_upright_scan_is_its_own_upright_grid() -> None:
    view = canonical_view(volume_of(HEAD.volume.hu, HEAD.affine))
    grid = upright_grid(view)

    assert grid.shear(view.hu) is view.hu
    np.testing.assert_allclose(grid.affine, view.affine)
