import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.risk_scoring.scores.abc_over_2 import AbcInputs, abc_over_2
from tests.fixtures.properties import for_all


def _inputs(**facts: object) -> AbcInputs:
    measured = {"a_mm": 50.0, "b_mm": 40.0, "slice_mm": 5.0, "slice_areas": [100.0, 400.0, 1000.0, 700.0]}
    return AbcInputs.model_validate(measured | facts)


def test_a_haematoma_of_5_by_4_by_1_cm_holds_10_ml() -> None:
    # By hand: weights 0 (10 %), 0.5 (40 %), 1 (100 %), 0.5 (70 %) of 5 mm make C 10 mm; 50 x 40 x 10 / 2 = 10000 mm3.
    volume = abc_over_2(_inputs())

    assert volume.slice_weights == (0.0, 0.5, 1.0, 0.5)
    assert volume.c_mm == 10
    assert volume.volume_ml == 10


@pytest.mark.parametrize(("share", "weight"), [(24.9, 0.0), (25.0, 0.5), (75.0, 0.5), (75.1, 1.0), (100.0, 1.0)])
def test_a_quarter_and_three_quarters_count_half(share: float, weight: float) -> None:
    assert abc_over_2(_inputs(slice_areas=[100.0, share])).slice_weights == (1.0, weight)


@pytest.mark.parametrize(
    ("voxels_ml", "disagrees"), [(8.0, False), (7.9, True), (13.3, False), (13.4, True), (10.0, False)]
)
def test_a_difference_of_more_than_a_quarter_is_flagged(voxels_ml: float, disagrees: bool) -> None:
    assert abc_over_2(_inputs(voxel_volume_ml=voxels_ml)).disagrees is disagrees


def test_without_a_voxel_volume_there_is_no_difference() -> None:
    volume = abc_over_2(_inputs())

    assert (volume.difference, volume.disagrees) == (None, False)


@for_all(st.lists(st.floats(0.01, 30_000), min_size=1, max_size=40), st.floats(1, 1.3))
def test_only_the_ratio_of_the_areas_counts(areas: list[float], scale: float) -> None:
    volume = abc_over_2(_inputs(slice_areas=areas)).volume_ml
    percent = [100 * area / max(areas) for area in areas]

    assert 50 * 40 * 5 / 2000 <= volume <= 50 * 40 * 5 * len(areas) / 2000
    assert abc_over_2(_inputs(slice_areas=areas, slice_mm=5 * scale)).volume_ml == pytest.approx(volume * scale)
    assert abc_over_2(_inputs(slice_areas=[p / 2 for p in percent])).slice_weights == (
        abc_over_2(_inputs(slice_areas=percent)).slice_weights
    )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"b_mm": 51.0}, "b_mm"),
        ({"a_mm": -1.0}, "a_mm"),
        ({"slice_areas": [0.0, 0.0]}, "slice_areas"),
        ({"slice_areas": []}, "slice_areas"),
        ({"slice_mm": 0.0}, "slice_mm"),
        ({"voxel_volume_ml": 0.0}, "voxel_volume_ml"),
    ],
)
def test_what_cannot_be_is_refused_by_field(facts: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _inputs(**facts)

    assert refused.value.errors()[0]["loc"] == (field,)
