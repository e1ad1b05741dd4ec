import math
from functools import cache

import pytest

from services.ct_segmentation.evaluation.studies.type_figures import add_type_figures
from shared.evaluation.bootstrap import Estimate
from shared.evaluation.report import EvaluationReport
from tests.fixtures.observed_studies import observed_study

TRAINED = ("any", "IPH", "SDH")
THRESHOLDS = {"any": 0.5, "IPH": 0.5, "SDH": 0.5, "study_any": 0.85}
INTRACEREBRAL = observed_study(
    {"any": [True, False], "IPH": [True, False]}, {"any": [0.9, 0.2], "IPH": [0.8, 0.1], "SDH": [0.3, 0.1]}, patient="a"
)
SUBDURAL = observed_study(
    {"any": [True, True], "SDH": [True, True]}, {"any": [0.8, 0.4], "IPH": [0.1, 0.1], "SDH": [0.9, 0.2]}, patient="b"
)
UNTOLD = observed_study(
    {"any": [True, False]},
    {"any": [0.9, 0.1], "IPH": [0.9, 0.9], "SDH": [0.9, 0.9]},
    unknown=("IPH", "SDH"),
    patient="d",
)
CLEAR = observed_study({}, {"any": [0.6, 0.1], "IPH": [0.0, 0.0], "SDH": [0.25, 0.0]}, patient="c")


STUDIES = {"intracerebral": INTRACEREBRAL, "subdural": SUBDURAL, "untold": UNTOLD, "clear": CLEAR}


@cache
def report_of(*names: str) -> EvaluationReport:
    report = EvaluationReport({}, {})
    add_type_figures(report, [[STUDIES[name]] for name in names], THRESHOLDS, TRAINED)
    return report


def cell(report: EvaluationReport, table: str, kind: str, column: str) -> float:
    row = next(row for row in report.tables[table] if row["type"] == kind)
    value = row[column]
    assert isinstance(value, Estimate | int)
    return value.value if isinstance(value, Estimate) else float(value)


def test_each_type_is_ranked_over_slices_and_over_studies() -> None:
    report = report_of("intracerebral", "subdural", "clear")
    assert (cell(report, "types_by_slice", "SDH", "cases"), cell(report, "types_by_slice", "SDH", "present")) == (6, 2)
    # Of 2 x 4 pairs of slices, 0.2 lies below 0.3 and 0.25.
    assert cell(report, "types_by_slice", "SDH", "auc") == pytest.approx(6 / 8)
    assert cell(report, "types_by_study", "SDH", "auc") == 1.0
    assert cell(report, "types_by_slice", "any", "sensitivity") == pytest.approx(2 / 3)
    assert cell(report, "types_by_slice", "any", "specificity") == pytest.approx(2 / 3)


def test_a_study_is_held_to_the_studys_threshold() -> None:
    report = report_of("intracerebral", "subdural", "clear")
    assert cell(report, "types_by_study", "any", "sensitivity") == 0.5  # 0.9 is enough, 0.8 is not
    assert cell(report, "types_by_study", "any", "specificity") == 1.0  # neither is 0.6


def test_any_counts_double_in_the_loss() -> None:
    loss = report_of("clear").metrics["weighted_log_loss_by_study"].value
    assert loss == pytest.approx((2 * -math.log(0.4) + 0 - math.log(0.75)) / 4, abs=1e-6)
    by_slice = report_of("intracerebral", "subdural", "clear").metrics
    assert by_slice["weighted_log_loss_by_slice"].value < by_slice["weighted_log_loss_by_slice_of_prevalence"].value


def test_unknown_labels_are_neither_present_nor_absent() -> None:
    report = report_of("intracerebral", "untold", "clear")
    assert cell(report, "types_by_slice", "any", "cases") == 6
    assert cell(report, "types_by_slice", "IPH", "cases") == 4
    told = report_of("intracerebral", "clear")
    named = "weighted_log_loss_by_slice"
    assert report.metrics[named].value == pytest.approx(told.metrics[named].value)
    alone = report_of("untold")
    assert [row["type"] for row in alone.tables["types_by_slice"]] == ["any"]
    assert "weighted_log_loss_by_slice" not in alone.metrics
