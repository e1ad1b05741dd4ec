import pytest

from services.ct_segmentation.evaluation.patient_figures import add_patient_figures
from services.ct_segmentation.evaluation.regions import Candidate
from services.ct_segmentation.operating_points import study_threshold
from shared.evaluation.report import EvaluationReport
from tests.fixtures.observed_heads import observed_head

SLICE_THRESHOLD, STUDY_THRESHOLD = 0.1, 0.5
# Five slices, the first marked; the last two lie three and four slices from it.
SURE = observed_head([500, 0, 0, 0, 0], [500, 0, 0, 0, 0], [0.9, 0.3, 0.0, 0.2, 0.0])
HESITANT = observed_head([500, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0.3, 0.0, 0.0, 0.0, 0.0])
ALARMING = observed_head([500, 0, 0, 0, 0], [500, 0, 0, 0, 0], [0.9, 0.0, 0.0, 0.0, 0.8])
CLEAR = observed_head([0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0.3, 0.0, 0.0, 0.0, 0.0])


def values(*heads: object, **thresholds: float) -> dict[str, float]:
    report = EvaluationReport({}, {})
    add_patient_figures(report, heads, {"any": SLICE_THRESHOLD, **thresholds})
    return {name: metric.value for name, metric in report.metrics.items()}


def test_a_study_is_judged_at_its_own_threshold() -> None:
    figures = values(SURE, HESITANT, ALARMING, CLEAR, study_any=STUDY_THRESHOLD)
    assert figures["patient_sensitivity"] == 1.0  # 0.3 is enough for a slice
    assert figures["study_sensitivity"] == pytest.approx(2 / 3)  # but not for a study
    assert figures["patient_specificity"] == 0.0
    assert figures["study_specificity"] == 1.0
    assert figures["distant_false_alarm_rate"] == pytest.approx(3 / 4)
    assert figures["study_specificity_stand_in"] == pytest.approx(3 / 4)  # only ALARMING


def test_without_a_study_threshold_the_slices_own_is_taken() -> None:
    assert study_threshold({"any": 0.1}, "any") == 0.1
    assert values(SURE, HESITANT, ALARMING)["study_sensitivity"] == 1.0


def test_proportions_of_patients_are_never_certain() -> None:
    report = EvaluationReport({}, {})
    add_patient_figures(report, [SURE, HESITANT, ALARMING], {"any": SLICE_THRESHOLD})
    assert report.metrics["patient_sensitivity"].low == pytest.approx(3 / (3 + 1.96**2), abs=1e-3)


def test_the_free_response_is_read_at_rates_of_false_regions() -> None:
    found = [Candidate(0.9, 0), Candidate(0.8, None), Candidate(0.7, 1)]
    heads = [
        observed_head([500, 500], [500, 500], [0.9, 0.9], boxes=2, candidates=found),
        observed_head([0, 0], [0, 0], [0.0, 0.0]),
    ]
    report = EvaluationReport({}, {})
    add_patient_figures(report, heads, {"any": SLICE_THRESHOLD})
    assert report.metrics["box_hit_rate"].value == 1.0
    read = {row["false_regions_per_patient"]: row["sensitivity"] for row in report.tables["froc"]}
    assert read == {0.1: 0.5, 0.25: 0.5, 0.5: 1.0, 1.0: 1.0}
