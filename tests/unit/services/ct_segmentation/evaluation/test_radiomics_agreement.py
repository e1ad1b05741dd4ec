import numpy as np
import pytest

from services.ct_segmentation.evaluation.radiomics_agreement import (
    COLUMN_PREFIX,
    DIMENSIONS,
    agreement,
    isotropic,
    read_cohort,
)
from services.ct_segmentation.radiomics.shape import shape_features
from services.ct_segmentation.training.datasets.errors import DatasetFileMissingError, DatasetTableError
from tests.fixtures.lesions import rippled_ellipsoid

SEMI_AXES_MM = [(9, 7, 11), (6, 9, 8), (10, 5, 7)]


def features_of(scale: float) -> list[dict[str, float]]:
    """The same bodies, voxel by voxel, at another size."""
    grid = np.diag([0.5 * scale, 0.5 * scale, 2.5 * scale, 1.0])
    return [shape_features(rippled_ellipsoid((2.5, 0.5, 0.5), axes, 0.2), grid) for axes in SEMI_AXES_MM]


def test_bodies_of_twice_the_size_differ_by_the_power_of_each_unit_and_not_at_like_size() -> None:
    rows = agreement(features_of(2.0), features_of(1.0))

    assert {row["feature"] for row in rows} == set(features_of(1.0)[0])
    for row in rows:
        assert row["ratio"] == pytest.approx(2.0 ** DIMENSIONS[row["feature"]]), row["feature"]
        assert row["ratio at like size"] == pytest.approx(1.0), row["feature"]


def test_the_table_is_read_by_its_columns_names(tmp_path) -> None:
    names = list(DIMENSIONS)[::-1]
    lines = ["exam_id," + ",".join(COLUMN_PREFIX + name for name in names)]
    lines += ["1," + ",".join(str(n) for n in range(14)), "2," + ",".join(str(n + 0.5) for n in range(14))]
    (tmp_path / "cohort.csv").write_text("\n".join(lines))

    first, second = read_cohort(tmp_path / "cohort.csv")

    assert [first[name] for name in names] == list(range(14))
    assert second["VoxelVolume"] == 13.5


@pytest.mark.parametrize("text", ["", "exam_id\n1\n", COLUMN_PREFIX + "VoxelVolume\nlarge\n"])
def test_a_table_without_the_features_is_refused(tmp_path, text) -> None:
    (tmp_path / "cohort.csv").write_text(text)

    with pytest.raises(DatasetTableError, match=r"cohort\.csv"):
        read_cohort(tmp_path / "cohort.csv")


def test_a_missing_table_is_named(tmp_path) -> None:
    with pytest.raises(DatasetFileMissingError, match="nowhere"):
        read_cohort(tmp_path / "nowhere.csv")


def test_resampling_keeps_volume_and_axes() -> None:
    mask = rippled_ellipsoid((2.5, 0.5, 0.6), (14, 11, 18), 0.2)
    tilted = np.diag([0.6, 0.5, 2.5, 1.0])
    tilted[1, 2] = 0.8

    cubes, affine = isotropic(mask, tilted, 1.0)

    np.testing.assert_allclose(np.linalg.norm(affine[:3, :3], axis=0), 1)
    before, after = shape_features(mask, tilted), shape_features(cubes, affine)
    for name in ("VoxelVolume", "MajorAxisLength", "MinorAxisLength", "LeastAxisLength"):
        assert after[name] == pytest.approx(before[name], rel=0.02), name
