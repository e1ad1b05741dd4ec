"""The command as it is, on a made-up cohort and with hyperparameters that are not searched for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.risk_scoring.__main__ import main
from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.oedema_course.card import COVARIATES, load_course_model
from services.risk_scoring.oedema_course.course import predict_course
from services.risk_scoring.oedema_course.training import fitting
from services.risk_scoring.oedema_course.training.exam_table import exam_table
from services.risk_scoring.oedema_course.training.fitting import fit
from services.risk_scoring.oedema_course.training.marginal_likelihood import Courses, Hyperparameters, usual
from services.risk_scoring.oedema_course.volumes import cube_root, quantile_ml
from shared.contracts.oedema import OedemaCurves
from shared.evaluation import bootstrap
from tests.fixtures.risk_cohort import write_cohort


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command wrote everything to."""
    folder = tmp_path_factory.mktemp("oedema")
    write_cohort(folder / "cohort", patients=24)

    def unsearched(courses: Courses) -> Hyperparameters:
        return usual(courses.curves, float(courses.roots[courses.mask > 0].std()))[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "fit_hyperparameters", unsearched)
        patch.setattr(bootstrap, "REPEATS", 20)
        options = [
            "--cohort", folder / "cohort", "--report", folder / "r.json", "--figures", folder / "figures",
            "--ship", folder / "weights", "--version", "2.0.0", "--curves", folder / "curves.json",
        ]  # fmt: skip
        assert main(["oedema", *map(str, options)]) == 0
    return folder


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_the_report_holds_every_method_against_the_same_exams(written: Path) -> None:
    report = read(written / "r.json")
    assert (report["data"]["patients"], report["data"]["exams"], report["data"]["follow_ups"]) == (22, 66, 44)
    for protocol in ("admission", "sequential"):
        rows = {row["method"]: row["mae_ml"] for row in report["tables"][f"leave_one_out_{protocol}"]}
        assert len(rows) == 16
        assert all(row["low"] <= row["value"] <= row["high"] for row in rows.values())
        best = min(rows[f"{curve}, time"]["value"] for curve in ("cubic", "quartic"))
        best = min(best, *(rows[f"{curve}, time, box plot"]["value"] for curve in ("cubic", "quartic")))
        found = report["metrics"][f"{protocol}_mae_reduction_against_the_papers_curve"]["value"]
        assert found == pytest.approx(1 - rows["mixed model (location), mean"]["value"] / best, abs=1e-4)


def test_a_shipped_model_answers_as_the_fitted_one(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = exam_table(read_cohort(written / "cohort"))
    monkeypatch.setattr(fitting, "fit_hyperparameters", lambda c: usual(c.curves, float(c.roots[c.mask > 0].std()))[0])
    fitted = fit(table, "shape")
    row = table.of(3)[0]
    asked = np.array([30.0, 200.0])
    oracle = fitted.shared().expect(fitted.covariates[3], table.hours[[row]], cube_root(table.oedema_ml[[row]]), asked)
    columns = dict(zip(COVARIATES["location"], table.covariates[3], strict=True))
    columns["haematoma_ml"] **= 3
    model = load_course_model("shape", written / "weights")
    assert model.manifest.version == "2.0.0"
    exam = {"hours_from_onset": table.hours[row], "oedema_ml": table.oedema_ml[row]}
    found = predict_course([exam], columns, list(asked), [model])
    assert found.median_ml == pytest.approx(quantile_ml(oracle.mean, oracle.deviations, 0.5), abs=1e-3)
    assert found.band_95.high_ml == pytest.approx(quantile_ml(oracle.mean, oracle.deviations, 0.975), abs=1e-3)


def test_manifests_tell_errors_and_bands_of_their_own_variant(written: Path) -> None:
    figures = load_course_model("volumes", written / "weights").manifest.figures
    assert set(figures) == {f"{table}_{rule}" for table in ("leave_one_out", "coverage") for rule in
                            ("admission", "sequential")}  # fmt: skip
    for rows in figures.values():
        assert rows
        assert all("volumes" in (row.get("variant") or row["method"]) for row in rows)


def test_curves_tell_of_the_cohort_and_of_no_patient(written: Path) -> None:
    text = (written / "curves.json").read_text()
    found = OedemaCurves.model_validate_json(text)
    assert "sub0" not in text
    assert sum(found.exam_times.counts) == found.exams == 66
    assert sum(group.patients for group in found.subgroups) == found.patients == 22
    assert sum(found.exam_times.if_normal) < found.exams  # the rest would be before the onset
    table = exam_table(read_cohort(written / "cohort"))
    oracle = np.polyfit(table.hours / 1000, table.oedema_ml, 3)
    # Four digits of coefficients that cancel at 4800 h.
    near = np.array(found.polynomials.hours) <= 200
    told = np.array(found.polynomials.cubic_ml)[near]
    assert told == pytest.approx(np.polyval(oracle, np.array(found.polynomials.hours)[near] / 1000), rel=2e-3)
    assert found.box_plot_h.median == pytest.approx(float(np.median(table.hours)), rel=1e-3)
    assert {error.known for error in found.held_out} == {"admission", "sequential"}


def test_pictures_are_drawn_and_the_table_of_patients_is_beside_them(written: Path) -> None:
    pictures = sorted((written / "figures").glob("*.png"))
    assert len(pictures) == 6
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
    patients = read(written / "figures" / "patients.json")
    assert len(patients) == 22
    assert all(len(row["hours_from_onset"]) == len(row["oedema_ml"]) == 3 for row in patients)
    # Residuals of least squares with a constant add up to nothing, weighed by exams (three of each).
    assert sum(row["cubic_mean_residual_ml"] for row in patients) == pytest.approx(0, abs=0.02)
