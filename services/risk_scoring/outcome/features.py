"""What follow-up CTs add to the features of admission."""

import math
from collections.abc import Callable

from services.risk_scoring.features import Feature, Value
from services.risk_scoring.inputs import AdmissionInputs
from services.risk_scoring.outcome.inputs import FollowUp, OutcomeInputs

GROWTH_WINDOW_H = 48.0
# Oedema of a bleed peaks in its second week (Venkatasubramanian 2011).
PEAK_WINDOW_H = 14 * 24.0
# Keeps the logarithm of a volume that has gone finite.
_FLOOR_ML = 0.5


def _within(inputs: AdmissionInputs, window_h: float) -> list[FollowUp]:
    exams = inputs.follow_ups if isinstance(inputs, OutcomeInputs) else ()
    return [exam for exam in exams if exam.hours_from_onset <= window_h]


def _log_growth(inputs: AdmissionInputs) -> Value:
    exams = _within(inputs, GROWTH_WINDOW_H)
    if not exams or not inputs.haematoma_ml:
        return None
    return math.log(max(max(exam.haematoma_ml for exam in exams), _FLOOR_ML) / inputs.haematoma_ml)


def _log_peak(first_ml: Value, volumes: list[float]) -> Value:
    if first_ml is None or not volumes:
        return None
    return math.log(max(first_ml, *volumes, _FLOOR_ML))


def _peak(volume: str) -> Callable[[AdmissionInputs], Value]:
    def compute(inputs: AdmissionInputs) -> Value:
        later = [getattr(exam, volume) for exam in _within(inputs, PEAK_WINDOW_H)]
        return _log_peak(getattr(inputs, volume), later)

    return compute


FOLLOW_UP = (
    Feature("log_growth_48h", "log growth of the haematoma within 48 h", ("follow_ups", "haematoma_ml"), _log_growth),
    Feature(
        "log_peak_haematoma_ml",
        "log largest haematoma within 14 days, mL",
        ("follow_ups", "haematoma_ml"),
        _peak("haematoma_ml"),
    ),
    Feature(
        "log_peak_oedema_ml", "log largest oedema within 14 days, mL", ("follow_ups", "oedema_ml"), _peak("oedema_ml")
    ),
)
