"""What the models see: each feature computed from the inputs by one function, in training and in serving alike."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from services.risk_scoring.inputs import AdmissionInputs

Value = float | None

# Oedema that the network did not see is at most about this much; it also keeps the logarithm finite.
_LEAST_OEDEMA_ML = 0.5


@dataclass(frozen=True)
class Feature:
    """``compute`` gives the value, or None where one of the inputs in ``needs`` is not known."""

    name: str
    label: str
    needs: tuple[str, ...]
    compute: Callable[[AdmissionInputs], Value]


def early_growth_ml_per_h(inputs: AdmissionInputs) -> Value:
    """Ultra-early haematoma growth: the volume at the first CT over the hours since onset (Rodriguez-Luna 2011)."""
    if not inputs.haematoma_ml or not inputs.onset_to_first_exam_h:
        return None
    return inputs.haematoma_ml / inputs.onset_to_first_exam_h


def relative_oedema(inputs: AdmissionInputs) -> Value:
    """Oedema volume over haematoma volume."""
    if inputs.oedema_ml is None or not inputs.haematoma_ml:
        return None
    return max(inputs.oedema_ml, _LEAST_OEDEMA_ML) / inputs.haematoma_ml


def density_variation(inputs: AdmissionInputs) -> Value:
    """Standard deviation over mean of the haematoma's intensities; without unit, so that windowed scales compare.

    Barras 2013 found it the best densitometric predictor of growth.
    """
    mean, variance = _first_order(inputs, "Mean"), _first_order(inputs, "Variance")
    if mean is None or variance is None or mean <= 0 or variance <= 0:
        return None
    return math.sqrt(variance) / mean


def _first_order(inputs: AdmissionInputs, name: str) -> Value:
    return inputs.haematoma_radiomics.first_order.get(name) if inputs.haematoma_radiomics else None


def _shape(inputs: AdmissionInputs, name: str) -> Value:
    return inputs.haematoma_radiomics.shape.get(name) if inputs.haematoma_radiomics else None


def _log(value: Value) -> Value:
    return math.log(value) if value else None


def _plain(name: str, label: str) -> Feature:
    """An input taken as it is; yes is 1 and no 0."""

    def compute(inputs: AdmissionInputs) -> Value:
        value = getattr(inputs, name)
        return None if value is None else float(value)

    return Feature(name, label, (name,), compute)


def _male(inputs: AdmissionInputs) -> Value:
    return None if inputs.sex is None else float(inputs.sex == "male")


def _log_oedema(inputs: AdmissionInputs) -> Value:
    return None if inputs.oedema_ml is None else math.log(max(inputs.oedema_ml, _LEAST_OEDEMA_ML))


_RADIOMICS = ("haematoma_radiomics",)

CLINICAL = (
    Feature(
        "log_onset_to_ct_h",
        "log hours from onset to the first CT",
        ("onset_to_first_exam_h",),
        lambda inputs: _log(inputs.onset_to_first_exam_h),
    ),
    _plain("age_years", "age, years"),
    Feature("male", "male sex", ("sex",), _male),
    _plain("systolic_mmhg", "systolic blood pressure, mmHg"),
    _plain("diastolic_mmhg", "diastolic blood pressure, mmHg"),
    _plain("premorbid_mrs", "modified Rankin Scale before the stroke"),
    _plain("hypertension", "hypertension"),
    _plain("prior_stroke", "earlier stroke"),
    _plain("diabetes", "diabetes"),
    _plain("atrial_fibrillation", "atrial fibrillation"),
    _plain("coronary_heart_disease", "coronary heart disease"),
    _plain("smoking", "smoking"),
    _plain("alcohol", "alcohol"),
)

# Of the radiomics only what neither the intensity scale nor the size changes: the cohort's intensities are windowed,
# not HU, and its radiomics count half the volume that its tables give.
IMAGING = (
    Feature(
        "log_early_growth",
        "log early growth, mL/h",
        ("haematoma_ml", "onset_to_first_exam_h"),
        lambda inputs: _log(early_growth_ml_per_h(inputs)),
    ),
    Feature("elongation", "haematoma: minor over major axis", _RADIOMICS, lambda inputs: _shape(inputs, "Elongation")),
    Feature("flatness", "haematoma: least over major axis", _RADIOMICS, lambda inputs: _shape(inputs, "Flatness")),
    Feature("sphericity", "haematoma: sphericity", _RADIOMICS, lambda inputs: _shape(inputs, "Sphericity")),
    Feature(
        "log_density_variation",
        "haematoma: log variation of density",
        _RADIOMICS,
        lambda inputs: _log(density_variation(inputs)),
    ),
    Feature(
        "density_skewness",
        "haematoma: skewness of density",
        _RADIOMICS,
        lambda inputs: _first_order(inputs, "Skewness"),
    ),
    Feature(
        "density_kurtosis",
        "haematoma: kurtosis of density",
        _RADIOMICS,
        lambda inputs: _first_order(inputs, "Kurtosis"),
    ),
    Feature(
        "density_entropy",
        "haematoma: entropy of density, bits",
        _RADIOMICS,
        lambda inputs: _first_order(inputs, "Entropy"),
    ),
    Feature(
        "log_relative_oedema",
        "log oedema over haematoma volume",
        ("oedema_ml", "haematoma_ml"),
        lambda inputs: _log(relative_oedema(inputs)),
    ),
)

VOLUMES = (
    Feature(
        "log_haematoma_ml", "log haematoma volume, mL", ("haematoma_ml",), lambda inputs: _log(inputs.haematoma_ml)
    ),
    Feature("log_oedema_ml", "log oedema volume, mL", ("oedema_ml",), _log_oedema),
)

BY_NAME = {feature.name: feature for feature in (*CLINICAL, *IMAGING, *VOLUMES)}
