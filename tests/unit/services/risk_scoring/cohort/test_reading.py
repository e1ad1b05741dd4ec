from pathlib import Path

import pytest

from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.errors import (
    CohortColumnMissingError,
    CohortError,
    CohortFileMissingError,
    CohortMismatchError,
    CohortTooSmallError,
    CohortValueError,
)
from tests.fixtures.risk_cohort import change_cell, write_cohort


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_cohort(tmp_path, patients=10)


def test_a_patient_has_exams_by_time_and_the_radiomics_of_the_first(folder: Path) -> None:
    patient = read_cohort(folder).patients[0]
    assert [exam.exam_id for exam in patient.exams] == ["900100", "900101", "900102"]
    assert patient.admission.haematoma_radiomics == patient.exams[0].haematoma_radiomics
    assert set(patient.exams[0].haematoma_radiomics.shape) >= {"Elongation", "Sphericity"}  # type: ignore[union-attr]
    assert patient.exams[1].haematoma_radiomics is None


def test_blood_pressure_is_split_with_or_without_blanks(folder: Path) -> None:
    change_cell(folder / "patients.csv", 2, "blood_pressure_mmhg", "168/ 98")
    admission = read_cohort(folder).patients[0].admission
    assert (admission.systolic_mmhg, admission.diastolic_mmhg) == (168, 98)


@pytest.mark.parametrize("column", ["age_years", "diabetes", "blood_pressure_mmhg", "mrs_90d", "sedation_analgesia"])
def test_an_empty_cell_is_unknown_and_not_zero(folder: Path, column: str) -> None:
    change_cell(folder / "patients.csv", 2, column, "")
    patient = read_cohort(folder).patients[0]
    known = {**dict(patient.admission), **patient.treatments, "mrs_90d": patient.mrs_90d}
    assert known["systolic_mmhg" if column == "blood_pressure_mmhg" else column] is None


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("patients.csv", "age_years", "sixty", "no number"),
        ("patients.csv", "sex", "x", "sex"),
        ("patients.csv", "smoking", "2", "neither 0 nor 1"),
        ("patients.csv", "mrs_90d", "7", "modified Rankin"),
        ("patients.csv", "blood_pressure_mmhg", "180-90", "systolic/diastolic"),
        ("patients.csv", "blood_pressure_mmhg", "90/180", "not below the systolic"),
        ("patients.csv", "onset_to_first_exam_h", "99", "imaging.csv has"),
        ("imaging.csv", "hm_volume_ml", "-3", "negative"),
        ("imaging.csv", "hm_volume_ml", "inf", "not finite"),
        ("imaging.csv", "exam_id", "", "empty"),
    ],
)
def test_a_wrong_cell_is_named_by_table_line_and_column(
    folder: Path, table: str, column: str, value: str, said: str
) -> None:
    change_cell(folder / table, 2, column, value)
    with pytest.raises(CohortValueError, match=said) as caught:
        read_cohort(folder)
    assert caught.value.detail.startswith((f"{table}, line 2", "patients.csv, line 2"))


def test_a_missing_table_and_a_missing_column_are_told_apart(folder: Path) -> None:
    text = (folder / "imaging.csv").read_text()
    (folder / "imaging.csv").write_text(text.replace("hm_volume_ml", "volume", 1))
    with pytest.raises(CohortColumnMissingError, match="hm_volume_ml"):
        read_cohort(folder)
    (folder / "imaging.csv").unlink()
    with pytest.raises(CohortFileMissingError, match=r"imaging\.csv"):
        read_cohort(folder)


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("patients.csv", "patient_id", "sub002", "sub002 twice"),
        ("imaging.csv", "exam_index", "1", "not numbered"),
        ("radiomics_haematoma.csv", "exam_id", "900200", "900200 twice"),
    ],
)
def test_tables_that_contradict_one_another_are_refused(
    folder: Path, table: str, column: str, value: str, said: str
) -> None:
    change_cell(folder / table, 2, column, value)
    with pytest.raises(CohortMismatchError, match=said):
        read_cohort(folder)


def test_an_exam_of_nobody_is_refused(folder: Path) -> None:
    change_cell(folder / "imaging.csv", 2 + 9 * 3, "patient_id", "sub999")  # the one exam of the last patient
    with pytest.raises(CohortMismatchError, match=r"sub999, who is not in patients\.csv"):
        read_cohort(folder)


def test_exams_out_of_the_order_of_time_are_refused(folder: Path) -> None:
    change_cell(folder / "imaging.csv", 4, "hours_from_onset", "0.1")
    with pytest.raises(CohortMismatchError, match="order of time"):
        read_cohort(folder)


def test_a_line_with_too_few_cells_is_refused(folder: Path) -> None:
    with (folder / "imaging.csv").open("a") as stream:
        stream.write("sub001,3\n")
    with pytest.raises(CohortError, match="cells"):
        read_cohort(folder)


def test_a_table_without_patients_is_no_cohort(folder: Path) -> None:
    for name in ("patients.csv", "imaging.csv"):
        header = (folder / name).read_text().splitlines()[0]
        (folder / name).write_text(header + "\n")
    with pytest.raises(CohortTooSmallError):
        read_cohort(folder)


def test_oddities_are_told_but_do_not_stop_the_reading(folder: Path) -> None:
    change_cell(folder / "patients.csv", 3, "first_exam_id", "900100")
    warnings = read_cohort(folder).warnings
    assert warnings[0].startswith("sub001 and sub002 name the same first exam")
    assert warnings[1].startswith("sub002: first exam 900100 in patients.csv, 900200 in imaging.csv")


def test_an_admission_without_radiomics_is_read_and_told(folder: Path) -> None:
    change_cell(folder / "radiomics_haematoma.csv", 2, "exam_id", "1")
    cohort = read_cohort(folder)
    assert cohort.patients[0].admission.haematoma_radiomics is None
    assert "sub001: no radiomics of the admission exam." in cohort.warnings


def test_outcome_and_split_may_be_missing_from_the_table(folder: Path) -> None:
    text = (folder / "patients.csv").read_text()
    (folder / "patients.csv").write_text(text.replace("mrs_90d", "later", 1).replace(",split", ",part", 1))
    patient = read_cohort(folder).patients[0]
    assert (patient.mrs_90d, patient.split) == (None, "")
