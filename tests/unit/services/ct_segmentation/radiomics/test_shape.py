import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813 - the name its own documentation uses

from services.ct_segmentation.radiomics.shape import shape_features
from tests.fixtures.lesions import IBSI_PHANTOM, grid_mm, rippled_ellipsoid

# pyradiomics 3.0.1 on rippled_ellipsoid((5, 0.5, 0.5), (14, 11, 18), 0.25), its box cut out as its extractor does.
PYRADIOMICS = {
    "Elongation": 0.7740404443228693,
    "Flatness": 0.612060554207558,
    "LeastAxisLength": 20.765976307733716,
    "MajorAxisLength": 33.927976839840085,
    "Maximum2DDiameterColumn": 41.78516483155236,
    "Maximum2DDiameterRow": 35.245567097154215,
    "Maximum2DDiameterSlice": 42.737571292716204,
    "Maximum3DDiameter": 44.286002303210886,
    "MinorAxisLength": 26.26162626808584,
    "VoxelVolume": 12152.5,
}
PYRADIOMICS_WITH_HOLES = {
    "MeshVolume": 12026.354166666666,
    "Sphericity": 0.47208563264266534,
    "SurfaceArea": 5377.156384529915,
    "SurfaceVolumeRatio": 0.4471144213791516,
}


def affine_of(slice_mm: float, row_mm: float, column_mm: float) -> np.ndarray:
    return np.diag([column_mm, row_mm, slice_mm, 1.0])


def test_the_features_are_those_of_pyradiomics() -> None:
    features = shape_features(rippled_ellipsoid((5, 0.5, 0.5), (14, 11, 18), 0.25), affine_of(5, 0.5, 0.5))

    assert features.keys() == PYRADIOMICS.keys() | PYRADIOMICS_WITH_HOLES.keys()
    assert {name: features[name] for name in PYRADIOMICS} == pytest.approx(PYRADIOMICS, rel=1e-9)
    assert {name: features[name] for name in PYRADIOMICS_WITH_HOLES} == pytest.approx(PYRADIOMICS_WITH_HOLES, rel=3e-3)


def test_the_published_phantom_has_its_consensus_values() -> None:
    features = shape_features(IBSI_PHANTOM > 0, affine_of(2, 2, 2))

    consensus = {"VoxelVolume": 592, "SurfaceVolumeRatio": 0.698, "Sphericity": 0.843}
    consensus |= {"Elongation": 0.816, "Flatness": 0.749}
    assert {name: features[name] for name in consensus} == pytest.approx(consensus, abs=5e-4)


def test_a_box_has_the_axes_worked_by_hand() -> None:
    """n voxel centres h apart vary by h² (n² - 1) / 12 along their axis."""
    features = shape_features(np.ones((3, 9, 21), bool), affine_of(3.0, 1.5, 1.0))

    assert features["MajorAxisLength"] == pytest.approx(4 * np.sqrt((21**2 - 1) / 12))
    assert features["MinorAxisLength"] == pytest.approx(4 * 1.5 * np.sqrt((9**2 - 1) / 12))
    assert features["LeastAxisLength"] == pytest.approx(4 * 3 * np.sqrt((3**2 - 1) / 12))
    assert features["Elongation"] == pytest.approx(1.5 * np.sqrt((9**2 - 1) / (21**2 - 1)))


def test_a_ball_is_as_spherical_as_terraces_of_voxels_allow() -> None:
    """Binary marching cubes make a ball's surface 9 % too large, so that Sphericity ends near 1 / 1.09."""
    z, y, x = grid_mm((63, 63, 63), (1, 1, 1))

    features = shape_features(z**2 + y**2 + x**2 <= 30**2, affine_of(1, 1, 1))

    assert features["Sphericity"] == pytest.approx(1 / 1.09, abs=0.01)
    assert features["MajorAxisLength"] == pytest.approx(4 * 30 / np.sqrt(5), rel=0.01)
    assert features["Flatness"] == pytest.approx(1, abs=1e-6)
    assert features["Maximum3DDiameter"] == pytest.approx(61, abs=0.5)


def test_volume_axes_and_longest_diameter_agree_with_itk() -> None:
    """ITK's diameter runs between voxel centres, half a voxel inside the surface at either end."""
    mask = rippled_ellipsoid((1.0, 1.0, 1.0), (14, 11, 18), 0.2)
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    oracle = sitk.LabelShapeStatisticsImageFilter()
    oracle.ComputeFeretDiameterOn()
    oracle.Execute(image)

    features = shape_features(mask, affine_of(1, 1, 1))

    assert features["VoxelVolume"] == pytest.approx(oracle.GetPhysicalSize(1))
    least, minor, major = (4 * np.sqrt(moment) for moment in oracle.GetPrincipalMoments(1))
    axes = [features[f"{name}AxisLength"] for name in ("Least", "Minor", "Major")]
    assert axes == pytest.approx([least, minor, major])
    assert features["Maximum3DDiameter"] == pytest.approx(oracle.GetFeretDiameter(1), abs=1.0)


def test_the_same_voxels_named_on_a_sheared_grid_have_the_same_shape() -> None:
    """Slice k begins k rows further on: other indices for the same points, as in a tilted series."""
    upright = rippled_ellipsoid((4, 0.5, 0.5), (14, 11, 18), 0.2)
    slices, rows, columns = upright.shape
    sheared = np.zeros((slices, rows + slices, columns), bool)
    for k in range(slices):
        sheared[k, slices - k : slices - k + rows] = upright[k]
    affine = affine_of(4, 0.5, 0.5)
    tilted = affine.copy()
    tilted[:3, 2] += affine[:3, 1]

    expected, found = shape_features(upright, affine), shape_features(sheared, tilted)

    exact = [name for name in expected if "Axis" in name or name in ("VoxelVolume", "Elongation", "Flatness")]
    assert {name: found[name] for name in exact} == pytest.approx({name: expected[name] for name in exact})
    # The surface joins other neighbours from slice to slice; planes of one row index lie elsewhere.
    rest = [name for name in expected if name not in (*exact, "Maximum2DDiameterColumn")]
    assert {name: found[name] for name in rest} == pytest.approx({name: expected[name] for name in rest}, rel=0.05)


def test_a_single_voxel_has_neither_elongation_nor_flatness() -> None:
    features = shape_features(np.ones((1, 1, 1), bool), affine_of(5, 0.5, 0.5))

    assert "Elongation" not in features
    assert "Flatness" not in features
    assert features["MajorAxisLength"] == 0
    assert len(features) == 12


def test_a_line_of_voxels_is_wholly_flat() -> None:
    features = shape_features(np.ones((1, 1, 30), bool), affine_of(5, 0.5, 0.5))

    assert features["Flatness"] == pytest.approx(0, abs=1e-6)
    assert np.isfinite(list(features.values())).all()
