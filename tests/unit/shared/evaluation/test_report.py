import json
import math
from pathlib import Path

from shared.evaluation.bootstrap import Estimate
from shared.evaluation.report import EvaluationReport


def test_the_report_keeps_the_shape_that_readers_expect(tmp_path: Path) -> None:
    report = EvaluationReport(model={"name": "m"}, data={"patients": 3}, notes=["of three"])
    report.add("auc", Estimate(0.9, 0.8, 0.95), "Area under the ROC curve.")
    report.add("undefined", Estimate(math.nan, math.nan, math.inf), "Not defined here.")
    found = Estimate(1.0, 0.5, 1.0)
    report.add_table("bands", [{"band": "large", "slices": 3, "mean": math.nan, "found": found}], "By size.")
    report.write(tmp_path / "reports" / "report.json")
    assert json.loads((tmp_path / "reports" / "report.json").read_text()) == {
        "metrics": {
            "auc": {"value": 0.9, "low": 0.8, "high": 0.95},
            "undefined": {"value": None, "low": None, "high": None},
        },
        "tables": {
            "bands": [{"band": "large", "slices": 3, "mean": None, "found": {"value": 1.0, "low": 0.5, "high": 1.0}}]
        },
        "model": {"name": "m"},
        "data": {"patients": 3},
        "definitions": {
            "auc": "Area under the ROC curve.",
            "undefined": "Not defined here.",
            "bands": "By size.",
        },
        "notes": ["of three"],
    }
    assert "auc         0.9000  [0.8000, 0.9500]" in report.as_table().replace("   ", "   ")
    assert report.as_table().splitlines()[-3:] == [
        "bands",
        " band  slices  mean                 found",
        "large       3   nan  1.000 [0.500, 1.000]",
    ]
