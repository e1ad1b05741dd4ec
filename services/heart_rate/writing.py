"""Writes what one video said: the reading, its vital signs and the events, in the transaction that ends the job."""

import time
from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.heart_rate.minutes import minute_rates
from services.heart_rate.pipeline import MODEL_NAME, MODEL_VERSION, VideoReading
from shared.artifacts.store import ArtifactRef
from shared.contracts.states import EventType
from shared.contracts.vitals import VITALS, VitalKind, VitalSource
from shared.database.assessments import request_assessment
from shared.database.heart_rates import note_disagreement
from shared.database.journal import note_event
from shared.database.tables import HeartRateReading, Video, Vital
from shared.observability import metrics
from shared.queueing.runner import RunningJob

_UNIT: Final = VITALS[VitalKind.HEART_RATE].unit
_DECIMALS: Final = 1  # a tenth of a beat per minute is below what the best recording tells


def write_reading(
    session: Session, running: RunningJob, video: Video, reading: VideoReading, pictures: dict[str, ArtifactRef]
) -> None:
    """Write ``reading`` of ``video``, whose stored ``pictures`` have their roles for keys."""
    vitals = _vitals(video, reading)
    if vitals:
        # First, since it locks the patient, whom all these rows refer to; other writers of vital signs wait, too.
        limits, pause_s = running.settings.job_max_attempts, running.settings.risk_pause_s
        request_assessment(session, video.patient_id, max_attempts=limits, pause_s=pause_s)
    _add_reading(session, running, video, reading, pictures)
    _add_vitals(session, vitals)
    _count(running, reading)


def _vitals(video: Video, reading: VideoReading) -> list[Vital]:
    """The video's rates as vital signs, on the clock of what recorded it."""
    rows = []
    # Where the sender says nothing, it was recorded at its arrival: then it had ended, and not begun.
    start = min(video.recorded_at, video.created_at - timedelta(seconds=reading.duration_s))
    for rate in minute_rates(reading.report, reading.duration_s):
        at = start + timedelta(seconds=rate.offset_s)
        rows.append(
            Vital(
                patient_id=video.patient_id,
                device=video.source,
                source=VitalSource.RPPG,
                kind=VitalKind.HEART_RATE,
                value=round(rate.bpm, _DECIMALS),
                unit=_UNIT,
                quality=rate.confidence,
                measured_at=at,
                device_time=at,
            )
        )
    return rows


def _add_reading(
    session: Session, running: RunningJob, video: Video, reading: VideoReading, pictures: dict[str, ArtifactRef]
) -> None:
    row = HeartRateReading(
        id=uuid4(),
        job_id=running.job.id,
        patient_id=video.patient_id,
        video_id=video.id,
        model_name=MODEL_NAME,
        model_version=MODEL_VERSION,
        report=reading.report.model_dump(mode="json"),
        artifacts={role: ref.model_dump(mode="json") for role, ref in pictures.items()},
    )
    session.add(row)
    session.flush()
    said = reading.report.model_dump(mode="json", include={"bpm", "confidence", "reason"})
    note_event(
        session,
        EventType.HEART_RATE_CREATED,
        patient_id=video.patient_id,
        job_id=running.job.id,
        payload={"reading_id": str(row.id), "video_id": str(video.id), **said},
    )


def _add_vitals(session: Session, vitals: list[Vital]) -> None:
    """Add those that are not there yet: of a video that is read again, the first reading's stay."""
    if not vitals:
        return
    first, last = vitals[0], vitals[-1]
    known = set(
        session.scalars(
            select(Vital.device_time).where(
                Vital.patient_id == first.patient_id,
                Vital.device == first.device,
                Vital.kind == first.kind,
                Vital.device_time.between(first.device_time, last.device_time),
            )
        )
    )
    fresh = [vital for vital in vitals if vital.device_time not in known]
    session.add_all(fresh)
    if fresh:
        note_event(session, EventType.VITALS_STORED, patient_id=first.patient_id, payload={"stored": len(fresh)})
        note_disagreement(session, first.patient_id)


def _count(running: RunningJob, reading: VideoReading) -> None:
    metrics.HEART_RATE_READINGS.labels(reading.report.reason or "given").inc()
    metrics.HEART_RATE_CONFIDENCE.observe(reading.report.confidence)
    if reading.duration_s > 0:  # how long a video without a face was is not known
        metrics.HEART_RATE_WORK.observe((time.monotonic() - running.started_s) / reading.duration_s)
