import numpy as np
import pytest
from scipy.spatial.distance import pdist

from services.ct_segmentation.radiomics.diameters import diameters
from tests.fixtures.lesions import IBSI_PHANTOM

OBLIQUE = np.array([[4.0, 1.5, -0.3], [0.1, 0.45, 0.0], [0.0, 0.05, 0.5]])


def every_pair(mask: np.ndarray, steps_mm: np.ndarray, plane: int | None = None) -> float:
    """The longest distance between midpoints of inside and outside neighbours, found without any short cut."""
    inside = {tuple(voxel) for voxel in np.argwhere(mask)}
    units = np.eye(3, dtype=int)
    points = [
        np.array(voxel) + sign * unit / 2
        for voxel in inside
        for unit in units
        for sign in (1, -1)
        if tuple(np.array(voxel) + sign * unit) not in inside
    ]
    points = np.array(points)
    if plane is None:
        return pdist(points @ steps_mm).max()
    planes = [points[points[:, plane] == level] for level in np.unique(points[:, plane])]
    return max(pdist(level @ steps_mm).max() for level in planes if len(level) > 1)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("steps_mm", [np.diag([5.0, 0.4, 0.6]), OBLIQUE], ids=["upright", "oblique"])
def test_diameters_are_the_longest_of_all_pairs(seed, steps_mm) -> None:
    random = np.random.default_rng(seed)
    mask = random.random((4, 7, 8)) < random.choice([0.05, 0.3, 0.9])
    mask[2, 3, 4] = True

    found = diameters(mask, steps_mm)

    assert found.anywhere_mm == pytest.approx(every_pair(mask, steps_mm))
    assert found.in_slice_mm == pytest.approx(every_pair(mask, steps_mm, 0))
    assert found.in_row_mm == pytest.approx(every_pair(mask, steps_mm, 1))
    assert found.in_column_mm == pytest.approx(every_pair(mask, steps_mm, 2))


def test_a_box_is_measured_between_its_outermost_faces() -> None:
    """4 x 6 x 8 voxels: from one end face to the other and, between the outer voxels' centres, 5 and 3 across."""
    found = diameters(np.ones((4, 6, 8), bool), np.eye(3))

    assert found.anywhere_mm == pytest.approx(np.sqrt(8**2 + 5**2 + 3**2))
    assert found.in_slice_mm == pytest.approx(np.sqrt(8**2 + 5**2))
    assert found.in_row_mm == pytest.approx(np.sqrt(8**2 + 3**2))
    assert found.in_column_mm == pytest.approx(np.sqrt(6**2 + 3**2))


def test_the_published_phantom_has_its_consensus_diameter() -> None:
    """IBSI: maximum 3-D diameter 13.1 mm."""
    assert diameters(IBSI_PHANTOM > 0, 2 * np.eye(3)).anywhere_mm == pytest.approx(13.1, abs=0.05)


def test_one_voxel_reaches_from_face_to_face() -> None:
    found = diameters(np.ones((1, 1, 1), bool), np.diag([5.0, 0.5, 0.5]))

    assert (found.anywhere_mm, found.in_slice_mm, found.in_row_mm, found.in_column_mm) == (5, 0.5, 5, 5)
