import math

import numpy as np
import pytest

from services.ct_segmentation.evaluation.studies.observation import BleedSize
from services.ct_segmentation.evaluation.studies.volume_figures import add_volume_figures
from shared.evaluation.report import EvaluationReport
from tests.fixtures.observed_studies import observed_study


def size(labelled_ml: float, predicted_ml: float, surface_mm: float = 1.0, dice: float = 0.5) -> BleedSize:
    far = math.inf if bool(labelled_ml) != bool(predicted_ml) else surface_mm
    return BleedSize(round(100 * labelled_ml), round(100 * predicted_ml), 0.01, dice, 3 * far, 2 * far, far)


def report_of(*patients: list[BleedSize | None]) -> EvaluationReport:
    report = EvaluationReport({}, {})
    studies = [[observed_study({}, {"any": [0.0]}, size=one) for one in sizes] for sizes in patients]
    add_volume_figures(report, studies)
    return report


def test_bias_and_error_are_in_millilitres_and_each_patient_counts_once() -> None:
    report = report_of([size(10, 8), size(10, 10)], [size(4, 5)])
    value = {name: metric.value for name, metric in report.metrics.items()}
    assert value["volume_bias_ml"] == pytest.approx((-1 + 1) / 2)
    assert value["volume_error_ml"] == pytest.approx((1 + 1) / 2)
    assert value["relative_volume_error"] == pytest.approx((0.1 + 0.25) / 2)
    assert value["surface_mm"] == pytest.approx(1.0)
    assert (value["hausdorff95_mm"], value["hausdorff_mm"]) == pytest.approx((2.0, 3.0))


def test_missed_and_invented_bleeds_are_counted_apart_from_distances() -> None:
    report = report_of([size(3, 0, dice=0.0)], [size(8, 8, surface_mm=2.0)], [size(0, 0.5, dice=0.0)], [size(0, 0)])
    value = {name: metric.value for name, metric in report.metrics.items()}
    assert value["surface_mm"] == 2.0
    assert value["missed_bleeds"] == value["invented_bleeds"] == 0.5
    bands = {str(row["bleed"]): row for row in report.tables["volume_by_size"]}
    assert set(bands) == {"2 to 5 mL", "5 to 15 mL"}
    assert bands["2 to 5 mL"]["bias_ml"] == pytest.approx(-3.0)


def test_without_a_spacing_only_what_needs_none_is_told() -> None:
    report = report_of([BleedSize(100, 90, math.nan, 0.8)])
    assert set(report.metrics) == {"bleed_dice", "missed_bleeds", "invented_bleeds"}
    assert report.metrics["bleed_dice"].value == 0.8


def test_studies_without_an_outline_have_no_volume_figures() -> None:
    assert report_of([None]).metrics == {}


def test_only_small_bleeds_have_no_relative_error() -> None:
    assert np.isnan(report_of([size(0.5, 0.2)]).metrics["relative_volume_error"].value)
