"""The three forms in which vital signs are sent, told apart by their media type."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from anyio import to_thread
from fastapi import Depends, Query, Request

from gateway.errors import FieldsRefusedError
from gateway.fhir.outcome import MEDIA_TYPE as FHIR
from gateway.text import Identifier
from gateway.times import DeviceInstant
from gateway.vitals import csv_form, fhir_form
from gateway.vitals.fhir_resources import FhirVitals
from gateway.vitals.schemas import VitalsIn
from gateway.vitals.sending import Sender, SentVitals, checked
from shared.contracts.vitals import VitalSource
from shared.database.columns import now
from shared.errors import InputRefusedError

_ADDRESS: Final = "For CSV and FHIR; a JSON batch holds it itself"
_CSV_EXAMPLE: Final = "kind,value,unit,measured_at,quality\r\nheart rate,72,/min,2026-03-01T08:00:00+01:00,0.9\r\n"


class VitalsFormUnknownError(InputRefusedError):
    """The body is of a media type that vital signs are not taken in."""

    code = "vitals_form_unknown"
    status = 415

    def __init__(self) -> None:
        super().__init__(f"Vital signs are taken as {', '.join(_FORMS)}; name one of these as the Content-Type.")


def _json(body: bytes, sender: Sender, arrived_at: datetime) -> SentVitals:
    if told := sender.told():
        raise FieldsRefusedError([(name, "stands in the body of a JSON batch, not in the address") for name in told])
    return SentVitals(checked(lambda: VitalsIn.model_validate_json(body)), arrived_at)


_FORMS: Final[dict[str, Callable[[bytes, Sender, datetime], SentVitals]]] = {
    "application/json": _json,
    "text/csv": csv_form.read,
    FHIR: fhir_form.read,
}
# Models that only this description names; gateway.openapi adds their schemas.
DESCRIBED: Final = (VitalsIn, FhirVitals)
FORMS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/VitalsIn"}},
            "text/csv": {"schema": {"type": "string"}, "example": _CSV_EXAMPLE},
            FHIR: {"schema": {"$ref": "#/components/schemas/FhirVitals"}},
        },
    }
}


async def arrival() -> datetime:
    """When the request came, if it is asked first: before anything that waits for a thread or for the database."""
    return now()


async def _sent_vitals(
    request: Request,
    arrived_at: Annotated[datetime, Depends(arrival)],
    patient_id: Annotated[UUID | None, Query(description="For CSV; JSON and FHIR hold it themselves")] = None,
    device: Annotated[Identifier | None, Query(description=_ADDRESS)] = None,
    source: Annotated[VitalSource | None, Query(description=f"{_ADDRESS}; default: monitor")] = None,
    sent_at: Annotated[
        DeviceInstant | None, Query(description=f"{_ADDRESS}. The device's clock at sending; a + is written %2B")
    ] = None,
) -> SentVitals:
    """Raises VitalsFormUnknownError, and whatever the form raises."""
    form = _FORMS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if form is None:
        raise VitalsFormUnknownError
    body = await request.body()
    return await to_thread.run_sync(form, body, Sender(patient_id, device, source, sent_at), arrived_at)


TheSentVitals = Annotated[SentVitals, Depends(_sent_vitals)]
