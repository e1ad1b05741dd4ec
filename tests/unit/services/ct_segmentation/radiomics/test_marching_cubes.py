from itertools import product

import numpy as np
import pytest

from services.ct_segmentation.radiomics.marching_cubes import area_and_volume, pattern_triangles
from tests.fixtures.lesions import IBSI_PHANTOM, grid_mm, rippled_ellipsoid

MILLIMETRES = np.eye(3)


def test_one_voxel_is_an_octahedron() -> None:
    """Its corners lie half a voxel from the centre: volume 4/3 x 0.5³, eight triangles of side √0.5."""
    area, volume = area_and_volume(np.ones((1, 1, 1), bool), MILLIMETRES)

    assert volume == pytest.approx(1 / 6)
    assert area == pytest.approx(8 * np.sqrt(3) / 4 * 0.5)


def test_a_box_loses_its_edges_and_corners_as_worked_by_hand() -> None:
    """Each edge loses a prism of cross-section 1/8, each of the 8 corners 1/8 - 1/48 of a voxel."""
    sides = np.array([3, 5, 9])

    area, volume = area_and_volume(np.ones(sides, bool), MILLIMETRES)

    inner = sides - 1
    assert volume == pytest.approx(sides.prod() - 4 * inner.sum() / 8 - 8 * (1 / 8 - 1 / 48))
    faces = 2 * (inner[0] * inner[1] + inner[0] * inner[2] + inner[1] * inner[2])
    assert area == pytest.approx(faces + 4 * inner.sum() * np.sqrt(0.5) + 8 * np.sqrt(3) / 8)


def test_the_published_phantom_has_its_consensus_values() -> None:
    """IBSI: volume (mesh) 556 mm³, surface area 388 mm²."""
    area, volume = area_and_volume(IBSI_PHANTOM > 0, 2 * MILLIMETRES)

    assert round(volume) == 556
    assert round(area) == 388


@pytest.mark.parametrize(
    ("spacing_mm", "semi_axes_mm", "ripple", "area", "volume", "tolerance"),
    [
        # Without voxels that touch by an edge only, pyradiomics' mesh has no holes and is this one.
        ((5, 0.5, 0.5), (14, 11, 18), 0.0, 3269.9504931199, 11645.4166666667, 1e-9),
        ((5, 0.5, 0.5), (14, 11, 18), 0.25, 5377.1563845299, 12026.3541666667, 3e-3),
        ((1.25, 0.5, 0.5), (9, 7, 11), 0.45, 3076.6665133296, 3308.8020833333, 3e-3),
    ],
)
def test_area_and_volume_are_those_of_pyradiomics_3_0_1(
    spacing_mm, semi_axes_mm, ripple, area, volume, tolerance
) -> None:
    mask = rippled_ellipsoid(spacing_mm, semi_axes_mm, ripple)

    assert area_and_volume(mask, np.diag(spacing_mm)) == pytest.approx((area, volume), rel=tolerance)


def test_a_ball_has_its_volume_and_about_a_twelfth_more_surface() -> None:
    """Terraces of voxels never become smooth, however small: the known excess of binary marching cubes, 8 to 10 %."""
    excess = []
    for radius in (10, 20, 40):
        z, y, x = grid_mm((2 * radius + 3,) * 3, (1, 1, 1))
        area, volume = area_and_volume(z**2 + y**2 + x**2 <= radius**2, MILLIMETRES)
        assert volume == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.01)
        excess.append(area / (4 * np.pi * radius**2) - 1)

    assert all(0.08 < share < 0.10 for share in excess)


def test_the_surface_has_no_holes_so_that_a_mask_has_one_volume_from_every_side() -> None:
    """Of random voxels, where every ambiguous pattern occurs. A hole would add or lose a cone of volume."""
    mask = np.random.default_rng(7).random((12, 13, 14)) < 0.5

    _, volume = area_and_volume(mask, MILLIMETRES)

    for flips in product((1, -1), repeat=3):
        flipped = mask[:: flips[0], :: flips[1], :: flips[2]]
        assert area_and_volume(flipped, MILLIMETRES)[1] == pytest.approx(volume, rel=1e-12)
        assert area_and_volume(flipped.transpose(2, 0, 1), MILLIMETRES)[1] == pytest.approx(volume, rel=1e-12)


def test_every_pattern_but_the_full_and_the_empty_one_is_crossed_by_the_surface() -> None:
    assert set(pattern_triangles().pattern.tolist()) == set(range(1, 255))


def test_one_voxel_of_an_oblique_grid_is_an_oblique_octahedron() -> None:
    steps_mm = np.array([[4.0, 1.5, -0.3], [0.1, 0.45, 0.0], [0.0, 0.05, 0.5]])

    area, volume = area_and_volume(np.ones((1, 1, 1), bool), steps_mm)

    corners = [steps_mm * np.array(signs)[:, None] / 2 for signs in product((1, -1), repeat=3)]
    assert area == pytest.approx(sum(np.linalg.norm(np.cross(b - a, c - a)) / 2 for a, b, c in corners))
    assert volume == pytest.approx(abs(np.linalg.det(steps_mm)) / 6)


def test_a_sheared_grid_measures_the_same_body() -> None:
    """A ball on slices that move 0.4 mm back per 1 mm up (22 degrees), where voxels' terraces are a little coarser."""
    k, j, i = np.indices((31, 101, 71))
    measured = []
    for back_mm in (0.0, 0.4):
        steps_mm = np.array([[1.0, back_mm, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.5]])
        points = np.stack([k - 15, j - 50, i - 35], axis=-1) @ steps_mm
        measured.append(area_and_volume((points**2).sum(axis=-1) <= 12**2, steps_mm))

    (upright_area, upright_volume), (area, volume) = measured
    assert volume == pytest.approx(upright_volume, rel=0.002)
    assert volume == pytest.approx(4 / 3 * np.pi * 12**3, rel=0.01)
    assert area == pytest.approx(upright_area, rel=0.05)
