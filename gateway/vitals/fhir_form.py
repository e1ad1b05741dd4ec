"""Vital signs as FHIR R4 Observations, one or a Bundle of them, of one patient and one device."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.errors import FieldsRefusedError
from gateway.exchange.codes import LOINC, UCUM
from gateway.fhir.references import patient_id_in
from gateway.vitals.fhir_resources import (
    FhirBundle,
    FhirConcept,
    FhirMeasured,
    FhirObservation,
    FhirQuantity,
    FhirVitals,
)
from gateway.vitals.schemas import VitalsBatch
from gateway.vitals.sending import Sender, SentVitals, checked
from shared.contracts.vitals import VitalKind

# Panels, whose values are their components: systolic and diastolic pressure.
_PANELS: Final = {"85354-9", "55284-4"}
_CORRECTIONS: Final = {"amended", "corrected"}
_STATUSES: Final = {"final", "preliminary", *_CORRECTIONS}
# The elements in which the fields of a value stand.
_ELEMENTS: Final = {"kind": "code", "value": "valueQuantity.value", "unit": "valueQuantity.code"}


def read(body: bytes, sender: Sender, arrived_at: datetime) -> SentVitals:
    """The batch in ``body``. Raises FieldsRefusedError, RequestValidationError."""
    resource = checked(lambda: FhirVitals.model_validate_json(body), _untagged).root
    reading = _Reading(sender)
    for path, observation in _observations(resource):
        reading.add(path, observation)
    about = reading.about()
    if reading.wrong:
        raise FieldsRefusedError(reading.wrong)
    batch = checked(lambda: VitalsBatch.model_validate({**about, "vitals": reading.vitals}), reading.place)
    return SentVitals(batch, arrived_at, reading.place, reading.skipped)


def _untagged(path: str) -> str:
    """Without the names of resources that pydantic puts where one of several may stand."""
    return ".".join(step for step in path.split(".") if not step[:1].isupper())


def _observations(resource: FhirObservation | FhirBundle) -> Iterator[tuple[str, FhirObservation]]:
    """Every Observation with its path in the body."""
    if isinstance(resource, FhirObservation):
        yield "", resource
        return
    for number, entry in enumerate(resource.entry):
        if isinstance(entry.resource, FhirObservation):
            yield f"entry.{number}.resource.", entry.resource


class _Reading:
    """What the observations so far tell, and what is wrong with them."""

    def __init__(self, sender: Sender) -> None:
        self.vitals: list[dict[str, object]] = []
        self.skipped = 0
        self.wrong: list[tuple[str, str]] = []
        self._sender = sender
        self._places: list[tuple[str, str]] = []  # of each value its observation and itself, a component perhaps
        # Each with the path of the first observation that names it.
        self._patients: dict[UUID, str] = {} if sender.patient_id is None else {sender.patient_id: ""}
        self._devices: dict[str, str] = {}

    def add(self, path: str, observation: FhirObservation) -> None:
        """Read one observation, which stands at ``path``."""
        if observation.status not in _STATUSES:
            taken = ", ".join(sorted(_STATUSES))
            self._refuse(f"{path}status", f"{observation.status[:32]} is no measurement; send one that is {taken}")
        if observation.modifier_extension:
            self._refuse(f"{path}modifierExtension", "is not understood, and changes what the rest means")
        if observation.effective is None:
            self._refuse(f"{path}effectiveDateTime", "is missing, and so is effectiveInstant")
        self._add_whom(path, observation)
        for place, measured in self._measured(path, observation):
            self._add_value(path, place, observation, measured)

    def about(self) -> dict[str, object]:
        """Whose the values are and who measured them, as fields of the batch; refuses several."""
        for found, element in ((self._patients, "subject"), (self._devices, "device")):
            for path in list(found.values())[1:]:
                self._refuse(f"{path}{element}", "is another than the one before; send one Bundle for each")
        patient_id, device = next(iter(self._patients), None), next(iter(self._devices), None)
        named = {"patient_id": patient_id, "device": device}
        return self._sender.told() | {name: value for name, value in named.items() if value}

    def place(self, path: str) -> str:
        """Where the sender finds the field that stands at ``path`` of the batch."""
        steps = path.split(".")
        if len(steps) != 3 or steps[0] != "vitals":
            return path
        observation, measured = self._places[int(steps[1])]
        return f"{observation}effective" if steps[2] == "measured_at" else f"{measured}{_ELEMENTS[steps[2]]}"

    def _refuse(self, path: str, said: str) -> None:
        self.wrong.append((path, said))

    def _add_whom(self, path: str, observation: FhirObservation) -> None:
        patient_id = patient_id_in(observation.subject.reference or "") if observation.subject else None
        if patient_id is None:
            self._refuse(f"{path}subject.reference", "must be Patient/ and the id")
        else:
            self._patients.setdefault(patient_id, path)
        named = observation.device.name if observation.device else None
        self._devices.setdefault(named or self._sender.device or "", path)

    def _measured(self, path: str, observation: FhirObservation) -> Iterator[tuple[str, FhirMeasured]]:
        """What holds values: the observation, or the components of a panel."""
        is_panel = bool(_PANELS & observation.code.codes(LOINC.uri))
        if not is_panel:
            yield path, observation
        if is_panel and not observation.component:
            self._refuse(f"{path}component", "is missing, which holds a panel's values")
        if observation.component and not is_panel:
            self._refuse(f"{path}component", f"is taken of the panels {' and '.join(sorted(_PANELS))} alone")
            return
        for number, component in enumerate(observation.component):
            yield f"{path}component.{number}.", component

    def _add_value(self, path: str, place: str, observation: FhirObservation, measured: FhirMeasured) -> None:
        kind, quantity = _kind(measured.code), measured.value_quantity or FhirQuantity()
        if kind is None:
            known = f"{', '.join(VitalKind)}, or of a panel, {' or '.join(sorted(_PANELS))}"
            self._refuse(f"{place}code", f"{_named(measured.code)} is not known; of {LOINC.uri}, send {known}")
        elif measured.value_quantity is None and measured.data_absent_reason is not None:
            self.skipped += 1
        elif said := _not_a_value(quantity, is_absent=measured.data_absent_reason is not None):
            self._refuse(f"{place}valueQuantity", said)
        elif observation.effective is not None:
            self._places.append((path, place))
            self.vitals.append(
                {
                    "kind": kind,
                    "value": quantity.value,
                    "unit": quantity.code,
                    "measured_at": observation.effective,
                    "corrects": observation.status in _CORRECTIONS,
                }
            )


def _not_a_value(quantity: FhirQuantity, *, is_absent: bool) -> str | None:
    """Why there is no value to store; None where there is."""
    if quantity.value is None:
        return "has no value, and there is no dataAbsentReason"
    if is_absent:
        return "has a value, and there is a dataAbsentReason"
    if quantity.system != UCUM.uri or quantity.code is None:
        return f"needs a code of the system {UCUM.uri}"
    return None if quantity.comparator is None else "has a comparator: a bound is no measured value"


def _kind(code: FhirConcept) -> VitalKind | None:
    return next((kind for kind in VitalKind if kind in code.codes(LOINC.uri)), None)


def _named(code: FhirConcept) -> str:
    """The codes as they were sent, shortened: they name a kind of measurement, and no patient."""
    named = [f"{coding.system or 'no system'}|{coding.code or 'no code'}"[:80] for coding in code.coding[:5]]
    return ", ".join(named) or "an empty code"
