import itertools

import numpy as np
import pytest

from services.ct_segmentation.evaluation.size_bands import PATIENT_BANDS, PIXEL_ML, SLICE_BANDS, Band, add_size_bands
from shared.evaluation.bootstrap import Estimate
from shared.evaluation.report import EvaluationReport
from tests.fixtures.observed_heads import observed_head


def table(report: EvaluationReport, name: str) -> dict[str, dict[str, object]]:
    return {str(row["haematoma"]): dict(row) for row in report.tables[name]}


def test_bands_join_without_a_gap_and_say_what_they_hold() -> None:
    for bands in (SLICE_BANDS, PATIENT_BANDS):
        assert all(below.high == above.low for below, above in itertools.pairwise(bands))
        assert bands[-1].high == np.inf
    assert [band.name("px") for band in SLICE_BANDS[::3]] == ["under 300 px", "3000 px and more"]
    assert Band(2, 5).name("mL") == "2 to 5 mL"
    assert (Band(2, 5).holds(2), Band(2, 5).holds(5)) == (True, False)


def test_a_thousand_pixels_are_a_millilitre() -> None:
    assert pytest.approx(1.0125) == 1000 * PIXEL_ML  # 0.45 x 0.45 x 5 mm


def test_misses_are_counted_in_the_band_of_their_size() -> None:
    small_missed = observed_head(labelled=[0, 200], predicted=[0, 0], any_score=[0.0, 0.1])
    small_found = observed_head(labelled=[0, 250], predicted=[0, 250], any_score=[0.0, 0.9])
    large_found = observed_head(labelled=[4000, 2000], predicted=[4000, 1000], any_score=[0.9, 0.9])
    report = EvaluationReport({}, {})
    add_size_bands(report, [small_missed, small_found, large_found], threshold=0.5)
    slices = table(report, "sensitivity_by_slice_size")
    assert list(slices) == ["under 300 px", "1000 to 3000 px", "3000 px and more"]
    small = slices["under 300 px"]
    assert (small["slices"], small["dice"]) == (2, 0.5)
    assert small["flagged"] == small["outlined"]
    assert isinstance(small["flagged"], Estimate)
    assert small["flagged"].value == 0.5
    assert slices["1000 to 3000 px"]["dice"] == pytest.approx(2 / 3)
    patients = table(report, "sensitivity_by_patient_volume")
    assert {name: row["patients"] for name, row in patients.items()} == {"under 2 mL": 2, "5 to 15 mL": 1}
