"""What somebody imagines in the place of what is known."""

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from services.risk_scoring.bedside.observations import (
    BehaviourEvent,
    BloodPressure,
    ConsciousnessCheck,
    HeartRate,
    Observation,
    OxygenSaturation,
    Respiration,
    Temperature,
)
from services.risk_scoring.bedside.weights import BedsideWeights
from services.risk_scoring.record.facts import consciousness_from
from services.risk_scoring.record.patient import PatientRecord
from shared.contracts.risk import RiskFacts, WhatIfQuestion

# By which facts a kind of observation is replaced.
_REPLACED: Final = {
    HeartRate: ("pulse_per_min",),
    BloodPressure: ("systolic_mmhg", "diastolic_mmhg"),
    OxygenSaturation: ("spo2_percent",),
    Respiration: ("respirations_per_min",),
    Temperature: ("temperature_c",),
    ConsciousnessCheck: ("consciousness", "gcs"),
}


def overrides_of(question: WhatIfQuestion) -> dict[str, Any]:
    """The facts that the question names, null among them, and those that follow from them."""
    asked = question.facts.model_dump(exclude_unset=True)
    if "gcs" in asked:
        asked.setdefault("consciousness", None if asked["gcs"] is None else consciousness_from(asked["gcs"]))
    if asked.get("warfarin"):
        asked.setdefault("anticoagulant", True)
    return asked


def imagined(
    observations: Sequence[Observation], question: WhatIfQuestion, record: PatientRecord, weights: BedsideWeights
) -> list[Observation]:
    """The observations as they would be: what is asked stands alone, as if a person had just measured it."""
    asked = question.facts.model_fields_set
    gone = tuple(kind for kind, names in _REPLACED.items() if asked.intersection(names))
    kept = [observation for observation in observations if not isinstance(observation, gone)]
    return [*kept, *_measured(question.facts, record, weights), *_seen(question, record)]


def _measured(facts: RiskFacts, record: PatientRecord, weights: BedsideWeights) -> Iterator[Observation]:
    common: dict[str, Any] = {"patient_id": record.patient_id, "at": record.now, "quality": 1.0, "source": "staff"}
    if facts.pulse_per_min is not None:
        # As if it had been so for as long as it takes to count in full.
        rate, covers = weights.heart_rate, timedelta(seconds=weights.heart_rate.covers_s)
        for step in range(math.ceil(rate.sustained_s / rate.covers_s)):
            beat = {**common, "at": record.now - step * covers, "source": "monitor", "bpm": facts.pulse_per_min}
            yield HeartRate.model_validate(beat)
    if facts.systolic_mmhg is not None:
        # The bedside risk reads the systolic pressure; one asked for alone has any diastolic below it.
        diastolic = facts.diastolic_mmhg if facts.diastolic_mmhg is not None else facts.systolic_mmhg / 2
        pressures = {"systolic_mmhg": facts.systolic_mmhg, "diastolic_mmhg": diastolic}
        yield BloodPressure.model_validate({**common, **pressures})
    if facts.spo2_percent is not None:
        yield OxygenSaturation.model_validate({**common, "percent": facts.spo2_percent})
    if facts.respirations_per_min is not None:
        yield Respiration.model_validate({**common, "per_min": facts.respirations_per_min})
    if facts.temperature_c is not None:
        yield Temperature.model_validate({**common, "celsius": facts.temperature_c})
    state = facts.consciousness or (None if facts.gcs is None else consciousness_from(facts.gcs))
    if state is not None:
        yield ConsciousnessCheck.model_validate({**common, "state": state})


def _seen(question: WhatIfQuestion, record: PatientRecord) -> Iterator[BehaviourEvent]:
    for asked in question.behaviour:
        yield BehaviourEvent(
            patient_id=record.patient_id,
            action=asked.kind,
            confidence=asked.confidence,
            started_at=record.now - timedelta(seconds=asked.seconds),
            ended_at=record.now,
        )
