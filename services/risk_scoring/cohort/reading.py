"""The folder of the cohort: patients.csv, imaging.csv, radiomics_haematoma.csv, radiomics_oedema.csv."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.risk_scoring.cohort.patients import TREATMENTS, Cohort, CohortPatient, Exam
from services.risk_scoring.cohort.tables import Row, read_table
from services.risk_scoring.errors import CohortMismatchError, CohortTooSmallError, RiskInputError
from services.risk_scoring.inputs import AdmissionInputs, read_inputs
from shared.contracts.ct import Radiomics

_HISTORY = (
    "hypertension",
    "prior_stroke",
    "diabetes",
    "atrial_fibrillation",
    "coronary_heart_disease",
    "smoking",
    "alcohol",
)
_PATIENT_COLUMNS = (
    "patient_id",
    "first_exam_id",
    "age_years",
    "sex",
    "premorbid_mrs",
    *_HISTORY,
    "onset_to_first_exam_h",
    "blood_pressure_mmhg",
    *TREATMENTS,
)
_SIDES_AND_TERRITORIES = tuple(
    f"{territory}_{side}" for side in ("r", "l") for territory in ("aca", "mca", "pca", "pons_medulla", "cerebellum")
)
_EXAM_COLUMNS = (
    "patient_id",
    "exam_index",
    "exam_id",
    "hours_from_onset",
    "hm_volume_ml",
    "ed_volume_ml",
    *(f"{lesion}_{place}_ratio" for lesion in ("hm", "ed") for place in _SIDES_AND_TERRITORIES),
)
# pyradiomics writes "<image type>_<feature class>_<name>".
_SHAPE, _FIRST_ORDER = "original_shape_", "NCCT_original_firstorder_"
_PRESSURE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)")

Features = Mapping[str, Radiomics]


def read_cohort(folder: Path) -> Cohort:
    """Read a folder of the four tables; radiomics of an exam may be missing, and so may mrs_90d and split.

    Raises CohortError of several kinds, each naming table, line and column.
    """
    haematomas = _read_radiomics(folder / "radiomics_haematoma.csv")
    oedemas = _read_radiomics(folder / "radiomics_oedema.csv")
    exams = _read_exams(folder / "imaging.csv", haematomas, oedemas)
    rows = read_table(folder / "patients.csv", _PATIENT_COLUMNS)
    ids = [row.required("patient_id") for row in rows]
    if twice := [name for name, count in Counter(ids).items() if count > 1]:
        raise CohortMismatchError(f"patients.csv lists {twice[0]} twice; keep one line per patient.")
    if unknown := exams.keys() - set(ids):
        raise CohortMismatchError(
            f"imaging.csv has exams of {min(unknown)}, who is not in patients.csv; add the patient."
        )
    if not rows:
        raise CohortTooSmallError("patients.csv has no patients; name the cohort's folder.")
    patients = tuple(_patient(row, exams.get(name, ())) for row, name in zip(rows, ids, strict=True))
    return Cohort(patients, _oddities(rows, patients))


def _read_radiomics(path: Path) -> Features:
    """Features by exam id, under the names of the CT service's reports."""
    rows = read_table(path, ("exam_id",))
    features = {}
    for row in rows:
        exam = row.required("exam_id")
        if exam in features:
            raise CohortMismatchError(f"{path.name} lists exam {exam} twice; keep one line per exam.")
        features[exam] = Radiomics(shape=_with_prefix(row, _SHAPE), first_order=_with_prefix(row, _FIRST_ORDER))
    return features


def _with_prefix(row: Row, prefix: str) -> dict[str, float]:
    found = {column.removeprefix(prefix): row.number(column) for column in row.cells if column.startswith(prefix)}
    return {name: value for name, value in found.items() if value is not None}


def _read_exams(path: Path, haematomas: Features, oedemas: Features) -> dict[str, tuple[Exam, ...]]:
    """Exams by patient, by time."""
    by_patient: dict[str, list[tuple[int, Exam]]] = defaultdict(list)
    for row in read_table(path, _EXAM_COLUMNS):
        exam_id = row.required("exam_id")
        exam = Exam(
            exam_id=exam_id,
            hours_from_onset=row.amount("hours_from_onset"),
            haematoma_ml=row.amount("hm_volume_ml"),
            oedema_ml=row.amount("ed_volume_ml"),
            haematoma_territories={place: row.amount(f"hm_{place}_ratio") for place in _SIDES_AND_TERRITORIES},
            oedema_territories={place: row.amount(f"ed_{place}_ratio") for place in _SIDES_AND_TERRITORIES},
            haematoma_radiomics=haematomas.get(exam_id),
            oedema_radiomics=oedemas.get(exam_id),
        )
        index = row.whole("exam_index")
        if index is None or index < 0:
            raise row.wrong("exam_index", "must be 0 for the admission, then 1, 2, ...")
        by_patient[row.required("patient_id")].append((index, exam))
    return {patient: _in_order(patient, exams) for patient, exams in by_patient.items()}


def _in_order(patient: str, numbered: list[tuple[int, Exam]]) -> tuple[Exam, ...]:
    numbered.sort(key=lambda entry: entry[0])
    if [index for index, _ in numbered] != list(range(len(numbered))):
        raise CohortMismatchError(f"imaging.csv: the exams of {patient} are not numbered 0, 1, 2, ...; number them so.")
    exams = tuple(exam for _, exam in numbered)
    hours = [exam.hours_from_onset for exam in exams]
    if hours != sorted(hours):
        raise CohortMismatchError(f"imaging.csv: the exams of {patient} are not in the order of time; check the hours.")
    return exams


def _patient(row: Row, exams: Sequence[Exam]) -> CohortPatient:
    onset_h = row.number("onset_to_first_exam_h")
    first = exams[0] if exams else None
    if first and onset_h is not None and not math.isclose(first.hours_from_onset, onset_h, abs_tol=0.1):
        raise row.wrong("onset_to_first_exam_h", f"{onset_h:g} h, but imaging.csv has {first.hours_from_onset:g} h")
    systolic, diastolic = _pressures(row)
    values = {
        "age_years": row.number("age_years"),
        "sex": row.text("sex"),
        "onset_to_first_exam_h": onset_h,
        "systolic_mmhg": systolic,
        "diastolic_mmhg": diastolic,
        "premorbid_mrs": row.whole("premorbid_mrs"),
        **{name: row.yes_no(name) for name in _HISTORY},
        "haematoma_ml": first and first.haematoma_ml,
        "oedema_ml": first and first.oedema_ml,
        "haematoma_radiomics": first and first.haematoma_radiomics,
    }
    try:
        admission = read_inputs(AdmissionInputs, values)
    except RiskInputError as error:
        raise row.wrong(error.fields[0].field, error.fields[0].problem) from error
    mrs = row.whole("mrs_90d") if "mrs_90d" in row.cells else None
    if mrs is not None and not 0 <= mrs <= 6:
        raise row.wrong("mrs_90d", f"{mrs} is not on the modified Rankin Scale, 0 to 6")
    return CohortPatient(
        patient_id=row.required("patient_id"),
        split=(row.text("split") or "") if "split" in row.cells else "",
        admission=admission,
        treatments={name: row.yes_no(name) for name in TREATMENTS},
        exams=tuple(exams),
        mrs_90d=mrs,
    )


def _pressures(row: Row) -> tuple[float, float] | tuple[None, None]:
    """Systolic and diastolic of "180/90"; blanks around the slash are tolerated, as the cohort has one."""
    text = row.text("blood_pressure_mmhg")
    if text is None:
        return None, None
    match = _PRESSURE.fullmatch(text)
    if match is None:
        raise row.wrong("blood_pressure_mmhg", f"{text!r} is not systolic/diastolic, such as 180/90")
    return float(match[1]), float(match[2])


def _oddities(rows: Sequence[Row], patients: Sequence[CohortPatient]) -> tuple[str, ...]:
    """What a person should look at: contradicting first exams, two patients with one first exam, no radiomics."""
    named = [row.text("first_exam_id") for row in rows]
    odd = []
    for exam, count in Counter(named).items():
        if exam and count > 1:
            who = [patient.patient_id for patient, name in zip(patients, named, strict=True) if name == exam]
            odd.append(f"{' and '.join(who)} name the same first exam {exam}: one person twice, or a slip.")
    for patient, exam in zip(patients, named, strict=True):
        if patient.exams and exam != patient.exams[0].exam_id:
            odd.append(f"{patient.patient_id}: first exam {exam} in patients.csv, {patient.exams[0].exam_id} in "
                       "imaging.csv, which is used.")  # fmt: skip
        if patient.exams and patient.exams[0].haematoma_radiomics is None:
            odd.append(f"{patient.patient_id}: no radiomics of the admission exam.")
    return tuple(odd)
