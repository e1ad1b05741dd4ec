"""CT segmentation as a service: which queues it drains and what it does with a message."""

from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.ct_segmentation.alerting import alert_for
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.pipeline import CtAnalysis, analyse
from services.ct_segmentation.reading.study_files import StudyFile
from shared.artifacts.store import ArtifactRef
from shared.contracts.ct import FINDING_KIND
from shared.contracts.names import JobKind, Queue
from shared.contracts.states import EventType
from shared.database.alerts import open_alert
from shared.database.assessments import request_assessment
from shared.database.journal import note_event
from shared.database.tables import Finding
from shared.database.tables import StudyFile as StoredFile
from shared.queueing.runner import RunningJob, WriteResult
from shared.queueing.worker import Service
from shared.settings import settings


@lru_cache(maxsize=1)
def network() -> HaemorrhageNetwork:
    """The network of this process, loaded once."""
    return HaemorrhageNetwork.load(accelerator=settings().accelerator, threads=settings().inference_threads)


def segment_study(running: RunningJob) -> WriteResult:
    """Analyse the study of one job; the returned function writes the finding."""
    with TemporaryDirectory(prefix="ct-") as directory:
        analysis = analyse(_study_files(running), network(), running.report, Path(directory))
        running.report(0.97, "storing")
        artifacts = {
            role: running.artifacts.put_file(file.path, file.media_type) for role, file in analysis.files.items()
        }
    return partial(_write_finding, running=running, analysis=analysis, artifacts=artifacts)


def service(queues: tuple[Queue, ...] = (Queue.CT_STAT, Queue.CT)) -> Service:
    """The service, draining ``queues``: acute studies can be given a worker of their own."""
    return Service("ct_segmentation", queues, {JobKind.CT_SEGMENT: segment_study}, warm_up=network)


def _study_files(running: RunningJob) -> list[StudyFile]:
    with running.database.reading() as session:
        query = select(StoredFile.name, StoredFile.digest).where(StoredFile.study_id == running.job.study_id)
        rows = session.execute(query.order_by(StoredFile.name)).all()
    return [StudyFile(name, partial(running.artifacts.open, digest)) for name, digest in rows]


def _write_finding(
    session: Session, running: RunningJob, analysis: CtAnalysis, artifacts: dict[str, ArtifactRef]
) -> None:
    job, report = running.job, analysis.report
    # First, since it locks the patient, whom the finding's row refers to.
    request_assessment(session, job.patient_id, max_attempts=running.settings.job_max_attempts)
    finding_id = uuid4()
    stored: dict[str, Any] = {role: ref.model_dump(mode="json") for role, ref in artifacts.items()}
    session.add(
        Finding(
            id=finding_id,
            job_id=job.id,
            patient_id=job.patient_id,
            study_id=job.study_id,
            kind=FINDING_KIND,
            model_name=network().name,
            model_version=network().version,
            report=report.model_dump(mode="json"),
            artifacts=stored,
        )
    )
    session.flush()
    summary = {"finding_id": str(finding_id), "haematoma_ml": report.haematoma_ml, "oedema_ml": report.oedema_ml}
    note_event(
        session,
        EventType.FINDING_CREATED,
        patient_id=job.patient_id,
        study_id=job.study_id,
        job_id=job.id,
        payload=summary,
    )
    call = alert_for(report, running.settings.alert_min_haematoma_ml)
    if call is not None:
        open_alert(
            session,
            dedupe_key=f"finding:{job.id}",
            level=call.level,
            code=call.code,
            message=call.message,
            finding_id=finding_id,
            patient_id=job.patient_id,
            study_id=job.study_id,
            job_id=job.id,
        )
