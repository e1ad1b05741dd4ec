"""What the pictures show, as JSON for a page."""

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gaussian_kde, norm

from services.risk_scoring.oedema_course.training.errors_in_ml import errors_of
from services.risk_scoring.oedema_course.training.leave_one_out import PROTOCOLS
from services.risk_scoring.oedema_course.training.study import BEST_VARIANT, OedemaStudy
from services.risk_scoring.oedema_course.training.subgroups import COURSE_H

Array = NDArray[np.float64]

_POINTS = 200
_BINS = 50


def page_of(study: OedemaStudy) -> dict[str, Any]:
    """Everything that a page needs to draw the paper's Table 2 and Figures 3 to 5, groups and residuals."""
    table = study.table
    return {
        "exams": [
            {
                "patient_id": table.patients[table.patient[row]],
                "exam": int(table.number[row]) + 1,
                "hours_from_onset": _round(table.hours[row]),
                "oedema_ml": _round(table.oedema_ml[row]),
            }
            for row in range(len(table.hours))
        ],
        "polynomials": curves(study),
        "exam_times": distribution(table.hours),
        "box_plot": asdict(study.box_plot),
        "three_sigma": asdict(study.three_sigma),
        "subgroups": {
            "hours": COURSE_H.tolist(),
            "silhouettes": {str(count): _round(score) for count, score in study.subgroups.silhouettes.items()},
            "courses_ml": [_rounded(np.maximum(centre, 0) ** 3) for centre in study.subgroups.centres],
            "patients": {
                name: int(group) + 1 for name, group in zip(table.patients, study.subgroups.labels, strict=True)
            },
        },
        "residuals": residuals(study),
    }


def curves(study: OedemaStudy) -> dict[str, Any]:
    """Both polynomials at 200 hours."""
    hours = np.linspace(0, float(study.table.hours.max()), _POINTS)
    return {"hours": _rounded(hours)} | {
        name: _rounded(polynomial.at(hours)) for name, polynomial in study.polynomials.items()
    }


def distribution(hours: Array) -> dict[str, list[float]]:
    """Histogram of n exam times, their kernel density, and the normal one of their mean and deviation; all per hour."""
    counts, edges = np.histogram(hours, _BINS, density=True)
    at = np.linspace(0, float(hours.max()), _POINTS)
    return {
        "edges": _rounded(edges),
        "share_per_hour": _rounded(counts, 8),
        "hours": _rounded(at),
        "density": _rounded(gaussian_kde(hours)(at), 8),
        "normal_density": _rounded(norm.pdf(at, hours.mean(), hours.std(ddof=1)), 8),
    }


def residuals(study: OedemaStudy) -> list[dict[str, Any]]:
    """Per patient, in mL: mean residuals of the polynomials over own exams, held-out errors of the mixed model."""
    table = study.table
    errors = {protocol: errors_of(table, study.held_out[BEST_VARIANT][protocol].mean_ml) for protocol in PROTOCOLS}
    rows = []
    for patient, name in enumerate(table.patients):
        own = table.of(patient)
        row: dict[str, Any] = {"patient_id": name, "exams": len(own), "group": int(study.subgroups.labels[patient]) + 1}
        for curve, polynomial in study.polynomials.items():
            row[f"{curve}_mean_residual_ml"] = _round((table.oedema_ml[own] - polynomial.at(table.hours[own])).mean())
        for protocol, one in errors.items():
            row[f"{protocol}_mae_ml"] = _round(one.mae(np.array([patient])))
        rows.append(row)
    return rows


def _round(value: float, digits: int = 4) -> float:
    return round(float(value), digits)


def _rounded(values: Array, digits: int = 4) -> list[float]:
    return [_round(value, digits) for value in values]
