"""From a patient's record to what the bedside risk reads."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from services.risk_scoring.bedside.observations import (
    BehaviourEvent,
    BloodPressure,
    ConsciousnessCheck,
    CtFinding,
    HeartRate,
    History,
    Observation,
    OxygenSaturation,
    Respiration,
    Temperature,
    Watched,
)
from services.risk_scoring.bedside.weights import BedsideWeights
from services.risk_scoring.record.facts import Facts, consciousness_from
from services.risk_scoring.record.gathering import Memory
from services.risk_scoring.record.patient import Measured, PatientRecord, Scan, Seen
from shared.contracts.vitals import VitalKind, VitalSource

# The kind of behaviour event that says that somebody looked.
WATCHED: Final = "watched"
_SURE: Final = 1.0
_HISTORY: Final = {
    "age_years": "age_years",
    "hypertension": "hypertension",
    "prior_stroke": "prior_stroke",
    "prior_haemorrhage": "recurrent_haemorrhage",
    "anticoagulant": "anticoagulant",
    "antiplatelet": "antiplatelet",
    "heavy_alcohol": "heavy_alcohol",
}
_MEMORY: Final = {
    VitalKind.HEART_RATE: "heart_rate",
    VitalKind.SYSTOLIC: "blood_pressure",
    VitalKind.DIASTOLIC: "blood_pressure",
    VitalKind.SPO2: "spo2",
    VitalKind.RESPIRATION: "respiration",
    VitalKind.TEMPERATURE: "temperature",
    VitalKind.GLASGOW_COMA_SCALE: "consciousness",
}


def memory_of(weights: BedsideWeights) -> Memory:
    """How far back the risk of these weights looks."""
    seconds = weights.memory_s
    return Memory(
        vitals_s={kind: seconds[name] for kind, name in _MEMORY.items()},
        behaviour_s=max(seconds["behaviour"], seconds["watched"]),
    )


def observations(record: PatientRecord) -> list[Observation]:
    """Everything seen and measured that the bedside risk knows."""
    return [
        *_pressures(record.patient_id, record.recent),
        *(seen for vital in record.recent if (seen := _vital(record.patient_id, vital)) is not None),
        *(_behaviour(record.patient_id, seen) for seen in record.seen),
        *(_scan(record.patient_id, scan) for scan in record.scans),
    ]


def history(facts: Facts) -> History:
    """What is known of the patient beforehand."""
    return History.model_validate({theirs: facts.value(ours) for theirs, ours in _HISTORY.items()})


def _pressures(patient_id: UUID, measured: tuple[Measured, ...]) -> Iterator[BloodPressure]:
    """Both pressures of one measurement; one alone is none."""
    diastolic = {(v.device, v.at): v for v in measured if v.kind is VitalKind.DIASTOLIC}
    for systolic in (vital for vital in measured if vital.kind is VitalKind.SYSTOLIC):
        low = diastolic.get((systolic.device, systolic.at))
        if low is not None and low.value < systolic.value:
            yield BloodPressure(
                patient_id=patient_id,
                at=systolic.at,
                quality=min(systolic.quality, low.quality),
                source=_contact(systolic),
                systolic_mmhg=systolic.value,
                diastolic_mmhg=low.value,
            )


def _vital(patient_id: UUID, vital: Measured) -> Observation | None:
    common = {"patient_id": patient_id, "at": vital.at, "quality": vital.quality}
    match vital.kind:
        case VitalKind.HEART_RATE:
            # Counted by a person: as good as a monitor's.
            source = VitalSource.MONITOR if vital.source is VitalSource.STAFF else vital.source
            return HeartRate.model_validate({**common, "source": source.value, "bpm": vital.value})
        case VitalKind.SPO2:
            return OxygenSaturation.model_validate({**common, "source": _contact(vital), "percent": vital.value})
        case VitalKind.RESPIRATION:
            return Respiration.model_validate({**common, "source": _contact(vital), "per_min": vital.value})
        case VitalKind.TEMPERATURE:
            return Temperature.model_validate({**common, "source": _contact(vital), "celsius": vital.value})
        case VitalKind.GLASGOW_COMA_SCALE:
            state = consciousness_from(int(vital.value))
            return ConsciousnessCheck.model_validate({**common, "source": _contact(vital), "state": state})
        case _:
            return None


def _contact(vital: Measured) -> str:
    """The source among those that touch the patient: what a video tells of them is believed like a wearable."""
    return (VitalSource.WEARABLE if vital.source is VitalSource.RPPG else vital.source).value


def _behaviour(patient_id: UUID, seen: Seen) -> Observation:
    when: dict[str, UUID | datetime] = {
        "patient_id": patient_id,
        "started_at": seen.started_at,
        "ended_at": seen.ended_at,
    }
    if seen.kind == WATCHED:
        return Watched.model_validate({**when, "quality": seen.confidence})
    return BehaviourEvent.model_validate({**when, "action": seen.kind, "confidence": seen.confidence})


def _scan(patient_id: UUID, scan: Scan) -> CtFinding:
    report = scan.report
    return CtFinding(
        patient_id=patient_id, at=scan.exam.at, quality=_certainty(scan), haemorrhage=report.haemorrhage_suspected
    )


def _certainty(scan: Scan) -> float:
    """How sure the finding is: of a bleed, by the classifier or by voxels that the network has no doubt of."""
    report = scan.report
    seen = max(report.type_probabilities.values(), default=0.0 if not report.haemorrhage_suspected else 0.5)
    if not report.haemorrhage_suspected:
        return 1 - seen
    sure_ml = report.haematoma_ml_range[0] if report.haematoma_ml_range else report.haematoma_ml
    return _SURE if sure_ml > 0 else seen
