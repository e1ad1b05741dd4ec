"""The paper's Table 2, and how far each patient lies from the curves: for the folder of figures, not for the public."""

from typing import Any

import numpy as np

from services.risk_scoring.oedema_course.training.errors_in_ml import errors_of
from services.risk_scoring.oedema_course.training.leave_one_out import PROTOCOLS
from services.risk_scoring.oedema_course.training.study import BEST_VARIANT, OedemaStudy


def patients_of(study: OedemaStudy) -> list[dict[str, Any]]:
    """Per patient: exams and group; mean residuals of the polynomials over own exams, held-out errors, all in mL."""
    table = study.table
    errors = {protocol: errors_of(table, study.held_out[BEST_VARIANT][protocol].mean_ml) for protocol in PROTOCOLS}
    rows = []
    for patient, name in enumerate(table.patients):
        own = table.of(patient)
        row: dict[str, Any] = {
            "patient_id": name,
            "group": int(study.subgroups.labels[patient]) + 1,
            "hours_from_onset": [_round(hours) for hours in table.hours[own]],
            "oedema_ml": [_round(volume) for volume in table.oedema_ml[own]],
        }
        for curve, polynomial in study.polynomials.items():
            row[f"{curve}_mean_residual_ml"] = _round((table.oedema_ml[own] - polynomial.at(table.hours[own])).mean())
        for protocol, one in errors.items():
            row[f"{protocol}_mae_ml"] = _round(one.mae(np.array([patient])))
        rows.append(row)
    return rows


def _round(value: float) -> float:
    return round(float(value), 4)
