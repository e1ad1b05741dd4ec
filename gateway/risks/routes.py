"""Risks."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from gateway.address import API
from gateway.auth.access import Anyone, Clinician
from gateway.idempotency import CliniciansCall
from gateway.jobs.schemas import Job
from gateway.paging import ThePaging
from gateway.patients.service import existing
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.risks import service, what_if
from gateway.risks.document import POLICY, document
from gateway.risks.schemas import Calibration, Risk, RiskPage, RiskSummary
from gateway.text import PathId
from shared.contracts.oedema import OedemaCurves
from shared.contracts.risk import RiskReport, WhatIfQuestion
from shared.evaluation.oedema_curves import oedema_curves

router = APIRouter(prefix=API, tags=["risks"])

ModelFilter = Annotated[str | None, Query(max_length=64, description="One of the answer's models; all without it")]
_HTML: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}


@router.get("/patients/{id}/risks", responses=problems(404))
def list_risks(patient_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging) -> RiskPage:
    """A patient's assessments, newest first."""
    rows, cursor = platform.database.write(lambda session: service.of_patient(session, patient_id, paging, user.actor))
    return RiskPage(items=[RiskSummary.of(row) for row in rows], next_cursor=cursor)


@router.post("/patients/{id}/risks", status_code=202, response_model=Job, responses=problems(404, 409))
def compute_risk(patient_id: PathId, call: CliniciansCall) -> Response:
    """Have a patient's risk computed now, though nothing new has arrived."""
    answer = call.once(
        lambda session: Job.of(service.request(session, patient_id, call.platform.settings, call.user.actor)),
        content="",
        status=202,
        location=lambda job: f"{API}/jobs/{job.id}",
    )
    call.platform.wake_relay()
    return answer


@router.post("/patients/{id}/risks/what-if", responses=problems(404, body=True))
async def ask_what_if(
    patient_id: PathId, question: WhatIfQuestion, user: Clinician, platform: ThePlatform
) -> RiskReport:
    """The risk as it would be, were the given facts true instead of those known; nothing of it is stored."""
    return await what_if.answer(platform, patient_id, question, user.actor)


@router.get("/risks/calibration", responses=problems())
def get_risk_calibration(_: Anyone, platform: ThePlatform, model: ModelFilter = None) -> Calibration:
    """Predicted expansions against those that later CTs showed."""
    with platform.database.reading() as session:
        return service.calibration(session, model)


@router.get("/risks/oedema-curves", responses=problems())
def get_oedema_curves(_: Anyone) -> OedemaCurves:
    """The oedema's course in the cohort that the models learned from: curves and counts, nothing of any one patient."""
    return oedema_curves()


@router.get("/risks/{id}", responses=problems(404))
def get_risk(risk_id: PathId, user: Anyone, platform: ThePlatform) -> Risk:
    """One assessment with what each fact and sign adds to it; reading it is audited."""
    return platform.database.write(lambda session: service.read(session, risk_id, user.actor))


@router.get("/risks/{id}/report.html", response_class=Response, responses=problems(404) | _HTML)
def get_risk_document(risk_id: PathId, user: Anyone, platform: ThePlatform) -> Response:
    """One assessment of one patient, to read and to print: self-contained, without any script."""

    def written(session: Session) -> str:
        risk = service.read(session, risk_id, user.actor, "html")
        return document(risk, existing(session, risk.patient_id), service.scores_before(session, risk))

    page = platform.database.write(written)
    return Response(page, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})
