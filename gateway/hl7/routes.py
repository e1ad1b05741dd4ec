"""The HL7 v2 message of a finding."""

from typing import Any, Final

from fastapi import APIRouter, Response

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.exchange.service import export
from gateway.hl7.er7 import MEDIA_TYPE
from gateway.hl7.oru_r01 import oru_r01
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId

router = APIRouter(prefix=API, tags=["hl7"])

_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}


@router.get("/findings/{id}/hl7", response_class=Response, responses=problems(404) | _ANSWER)
def get_finding_hl7(finding_id: PathId, user: Anyone, platform: ThePlatform) -> Response:
    """One finding as an HL7 v2.5.1 message (ORU^R01), UTF-8, its segments ending with carriage returns."""
    written = platform.database.write(lambda session: oru_r01(export(session, finding_id, "hl7", user.actor)))
    return Response(written, media_type=MEDIA_TYPE)
