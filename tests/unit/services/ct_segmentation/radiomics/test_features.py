import json

import numpy as np

from services.ct_segmentation.radiomics.features import radiomics
from shared.contracts.ct import Radiomics

AFFINE = np.diag([0.5, 0.5, 5.0, 1.0])


def test_without_a_lesion_there_are_no_radiomics() -> None:
    assert radiomics(np.zeros((5, 6, 7), np.int16), np.zeros((5, 6, 7), bool), AFFINE) is None


def test_all_parts_of_a_class_count_as_one_region() -> None:
    hu = np.arange(5 * 6 * 7, dtype=np.int16).reshape(5, 6, 7)
    mask = np.zeros(hu.shape, bool)
    mask[1, 2, 3] = mask[3, 4, 5] = True

    found = radiomics(hu, mask, AFFINE)

    assert found is not None
    assert found.shape["VoxelVolume"] == 2 * 0.5 * 0.5 * 5
    assert found.first_order["Minimum"] == hu[1, 2, 3]
    assert found.first_order["Maximum"] == hu[3, 4, 5]


def test_where_the_lesion_lies_in_the_scan_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    hu = rng.normal(60, 10, (9, 30, 31)).astype(np.int16)
    mask = np.zeros(hu.shape, bool)
    mask[3:6, 10:20, 12:25] = rng.random((3, 10, 13)) < 0.7

    whole = radiomics(hu, mask, AFFINE)

    assert whole == radiomics(hu[2:7, 5:25, 8:30], mask[2:7, 5:25, 8:30], AFFINE)


def test_even_one_voxel_makes_valid_json() -> None:
    """JSON has no NaN: what is undefined is left out."""
    found = radiomics(np.full((1, 1, 1), 60, np.int16), np.ones((1, 1, 1), bool), AFFINE)

    assert found is not None
    text = found.model_dump_json()
    stored = json.loads(text, parse_constant=lambda name: name)
    assert all(isinstance(value, float) for group in stored.values() for value in group.values())
    assert Radiomics.model_validate_json(text) == found
