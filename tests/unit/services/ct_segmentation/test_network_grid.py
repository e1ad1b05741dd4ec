import numpy as np
import pytest

from services.ct_segmentation.network_grid import network_grid


def test_usual_slices_with_square_pixels_reach_the_network_untouched() -> None:
    hu = np.random.default_rng(0).integers(-1000, 1000, (6, 8, 9)).astype(np.int16)
    grid = network_grid((6, 8, 9), (5.0, 0.5, 0.5))

    np.testing.assert_array_equal(grid.average(hu), hu)
    probabilities = hu.astype(np.uint8)
    np.testing.assert_array_equal(grid.spread(probabilities), probabilities)
    assert grid.peculiarities == ()


@pytest.mark.parametrize(("slice_mm", "per_slab"), [(0.618, 8), (1.25, 4), (2.5, 2), (3.0, 1), (5.0, 1), (7.0, 1)])
def test_slabs_hold_what_fits_into_5_mm(slice_mm: float, per_slab: int) -> None:
    grid = network_grid((80, 4, 4), (slice_mm, 1.0, 1.0))

    assert grid.starts[1] - grid.starts[0] == per_slab
    assert ("thin_slices" in [p.code for p in grid.peculiarities]) == (per_slab > 1)


def test_a_slab_is_the_mean_of_its_slices_and_a_short_rest_joins_the_last() -> None:
    hu = np.arange(9, dtype=np.int16)[:, None, None] * np.full((1, 4, 4), 100, np.int16)

    slabs = network_grid((9, 4, 4), (1.25, 1.0, 1.0)).average(hu)

    assert slabs[:, 0, 0].tolist() == [150, 600]  # slices 0-3, and 4-7 with 8


def test_predictions_come_back_linearly_between_slab_centres() -> None:
    grid = network_grid((8, 2, 2), (1.25, 1.0, 1.0))  # centres at 1.5 and 5.5

    spread = grid.spread(np.stack([np.full((2, 2), 0, np.uint8), np.full((2, 2), 200, np.uint8)]))

    assert spread[:, 0, 0].tolist() == [0, 0, 25, 75, 125, 175, 200, 200]


def test_averaging_lowers_the_noise_of_thin_slices_as_counting_statistics_say() -> None:
    noise = np.random.default_rng(1).normal(0, 20, (64, 40, 40)).astype(np.int16)

    assert network_grid(noise.shape, (0.625, 1, 1)).average(noise).std() == pytest.approx(20 / np.sqrt(8), rel=0.05)


def test_unequal_pixels_are_made_square_and_brought_back() -> None:
    grid = network_grid((5, 40, 60), (5.0, 1.0, 0.5))

    assert (grid.height, grid.width) == (80, 60)
    assert [p.code for p in grid.peculiarities] == ["anisotropic_pixels"]
    hu = np.zeros((5, 40, 60), np.int16)
    hu[:, 10:20, 20:40] = 100  # 10 x 10 mm
    square = grid.average(hu)[0] > 50
    assert np.ptp(np.flatnonzero(square.any(axis=1))) == np.ptp(np.flatnonzero(square.any(axis=0)))
    back = grid.spread((grid.average(hu) * 2).astype(np.uint8))
    np.testing.assert_array_equal(back > 100, hu > 50)
