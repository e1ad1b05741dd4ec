"""The cohort as a table of exams: who is used, and why others are not."""

from pathlib import Path

import numpy as np
import pytest

from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.errors import CohortTooSmallError
from services.risk_scoring.oedema_course.card import COVARIATES
from services.risk_scoring.oedema_course.training.exam_table import exam_table
from tests.fixtures.risk_cohort import change_cell, write_cohort


def test_patients_with_follow_ups_are_used_by_time_and_others_named(tmp_path: Path) -> None:
    table = exam_table(read_cohort(write_cohort(tmp_path, patients=30)))
    assert len(table.patients) == 27
    assert table.left_out == {f"sub{number:03d}": "no follow-up exam" for number in (28, 29, 30)}
    assert (np.diff(table.hours)[np.diff(table.patient) == 0] > 0).all()
    assert table.number[table.first].tolist() == [0] * 27
    assert len(table.follow_ups) == 54
    assert table.covariates_for("volumes").shape == (27, len(COVARIATES["volumes"]))


def test_the_haematoma_enters_by_its_cube_root_and_shares_by_both_sides(tmp_path: Path) -> None:
    table = exam_table(read_cohort(write_cohort(tmp_path, patients=30)))
    assert table.covariates[:, 0] ** 3 == pytest.approx(table.haematoma_ml[table.first])
    assert table.covariates_for("location")[:, 5:] == pytest.approx(0)  # all bled in the middle cerebral artery's


def test_an_exam_twice_at_one_time_leaves_the_patient_out(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path, patients=30)
    lines = (folder / "imaging.csv").read_text().splitlines()
    column = lines[0].split(",").index("hours_from_onset")
    change_cell(folder / "imaging.csv", 3, "hours_from_onset", lines[1].split(",")[column])
    assert "one time" in exam_table(read_cohort(folder)).left_out["sub001"]


def test_too_few_patients_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CohortTooSmallError, match="needs 20"):
        exam_table(read_cohort(write_cohort(tmp_path, patients=15)))
