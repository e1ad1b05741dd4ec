"""From a patient's record to facts in the one vocabulary of models, scores and questions, each with its source.

There are two sets: the state at admission, which the models of expansion and outcome and most scores are about, and
the present one, which NEWS2 is about. They differ in the vital signs alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from pydantic import ValidationError

from services.risk_scoring.record.patient import Measured, PatientRecord, Scan
from shared.contracts.ct import Radiomics
from shared.contracts.risk import Known, RiskFacts
from shared.contracts.vitals import VitalKind

# Facts of the history under other names than here.
_OTHER_NAMES: Final = {
    "previous_stroke": "prior_stroke",
    "takes_anticoagulant": "anticoagulant",
    "takes_antiplatelet": "antiplatelet",
    "prior_haemorrhage": "recurrent_haemorrhage",
}
_FROM_VITALS: Final = {
    VitalKind.SYSTOLIC: "systolic_mmhg",
    VitalKind.DIASTOLIC: "diastolic_mmhg",
    VitalKind.HEART_RATE: "pulse_per_min",
    VitalKind.RESPIRATION: "respirations_per_min",
    VitalKind.SPO2: "spo2_percent",
    VitalKind.TEMPERATURE: "temperature_c",
    VitalKind.GLUCOSE: "glucose_mmol_l",
    VitalKind.GLASGOW_COMA_SCALE: "gcs",
    VitalKind.NIHSS: "nihss",
}
# A value that its own sensor doubts is no fact.
_LEAST_QUALITY: Final = 0.5
# The classifier's probability of blood in the ventricles from which on it is taken to be there.
_SEEN_FROM: Final = 0.5
_HALF_SURE: Final = "the classifier's P(IVH) = {:.2f}"


@dataclass(frozen=True)
class Facts:
    """What is known, by name; and what was not usable, in words."""

    known: Mapping[str, Known]
    notes: tuple[str, ...] = ()
    radiomics: Radiomics | None = None

    def value(self, name: str) -> Any:
        """The fact's value; None where it is not known."""
        known = self.known.get(name)
        return None if known is None else known.value

    def asked(self, overrides: Mapping[str, Any]) -> "Facts":
        """The facts as somebody asks them to be; None takes one away."""
        asked = {
            name: Known(name=name, value=value, source="asked")
            for name, value in overrides.items()
            if value is not None
        }
        kept = {name: known for name, known in self.known.items() if name not in overrides}
        return replace(self, known={**kept, **asked})


def admission_facts(record: PatientRecord) -> Facts:
    """The state at the first CT."""
    first = record.scans[0] if record.scans else None
    at = first.exam.at if first else record.onset_at or record.now
    known, notes = _usable(
        [*_from_record(record, at), *_from_history(record), *_from_vitals(record.admission), *_from_scan(first)]
    )
    return Facts(known, notes, first.report.radiomics.get("haematoma") if first else None)


def present_facts(record: PatientRecord) -> Facts:
    """The state now."""
    known, notes = _usable([*_from_record(record, record.now), *_from_history(record), *_from_vitals(record.present)])
    return Facts(known, notes)


def _from_record(record: PatientRecord, at: datetime) -> Iterable[Known]:
    if record.birth_date is not None:
        yield Known(name="age_years", value=_years(record.birth_date, at.date()), source="record")
    if record.sex in ("female", "male"):
        yield Known(name="sex", value=record.sex, source="record")


def _years(born: date, on: date) -> int:
    return max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def _from_history(record: PatientRecord) -> Iterable[Known]:
    for written, value in record.history.items():
        name = _OTHER_NAMES.get(written, written)
        if name in RiskFacts.model_fields:
            yield Known(name=name, value=value, source="history")
            if name == "warfarin" and value is True:
                yield Known(name="anticoagulant", value=True, source="derived", detail="takes warfarin")
            if name == "anticoagulant" and value is False:
                yield Known(name="warfarin", value=False, source="derived", detail="takes no anticoagulant")


def _from_vitals(measured: Iterable[Measured]) -> Iterable[Known]:
    for vital in measured:
        if vital.quality < _LEAST_QUALITY:
            continue
        told = {"source": "vital", "detail": vital.device, "at": vital.at}
        if vital.kind is VitalKind.OXYGEN_FLOW:
            yield Known(name="on_oxygen", value=vital.value > 0, **told)
            continue
        whole = vital.kind in (VitalKind.GLASGOW_COMA_SCALE, VitalKind.NIHSS)
        yield Known(name=_FROM_VITALS[vital.kind], value=int(vital.value) if whole else vital.value, **told)
        if vital.kind is VitalKind.GLASGOW_COMA_SCALE:
            state, why = consciousness_from(int(vital.value)), f"from a Glasgow Coma Scale of {vital.value:.0f}"
            yield Known(name="consciousness", value=state, source="derived", detail=why, at=vital.at)


def consciousness_from(gcs: int) -> str:
    """ACVPU by the Glasgow Coma Scale: medians of 15 (alert), 13 (voice), 8 (pain) and 3 (McNarry 2004).

    14 points are a confused answer of somebody awake. NEWS2 gives all but "alert" the same points.
    """
    bands = ((15, "alert"), (14, "new_confusion"), (9, "voice"), (4, "pain"))
    return next((state for least, state in bands if gcs >= least), "unresponsive")


def _from_scan(scan: Scan | None) -> Iterable[Known]:
    if scan is None:
        return
    exam, told = scan.exam, {"source": "finding", "detail": str(scan.exam.finding_id), "at": scan.exam.at}
    yield Known(name="haematoma_ml", value=exam.haematoma_ml, **told)
    yield Known(name="oedema_ml", value=exam.oedema_ml, **told)
    if exam.hours_from_onset is not None:
        by = "until the images arrived" if exam.at_is_arrival else "until the scan"
        yield Known(name="onset_to_ct_h", value=exam.hours_from_onset, source="derived", detail=by, at=exam.at)
    probability = scan.report.type_probabilities.get("IVH")
    if probability is not None:
        why = _HALF_SURE.format(probability)
        yield Known(name="intraventricular", value=probability >= _SEEN_FROM, source="finding", detail=why, at=exam.at)


def _usable(found: Iterable[Known]) -> tuple[dict[str, Known], tuple[str, ...]]:
    """The facts that can be, by name, the first of a name before others; and a note for each that cannot."""
    known: dict[str, Known] = {}
    notes = []
    for fact in found:
        if fact.name in known:
            continue
        values = {name: other.value for name, other in known.items()}
        try:
            RiskFacts.model_validate({**values, fact.name: fact.value}, strict=True)
        except ValidationError as error:
            what = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            notes.append(f"{fact.name} ({fact.source}) was not used: {what}.")
        else:
            known[fact.name] = fact
    return known, tuple(notes)
