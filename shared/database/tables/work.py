"""Work in flight and its results: every arrow of the flow is a row here, so nothing is lost when a process dies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.contracts.states import JobState
from shared.database.columns import Base, BigId, Identified, now


class Job(Identified):
    """One piece of work for one service. Its state lives here and nowhere else."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "state", "queue", "created_at"),
        Index(None, "study_id", "created_at"),
        Index(None, "video_id", "created_at"),
        Index(None, "patient_id", "created_at"),
    )

    kind: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(64))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("studies.id"))
    video_id: Mapped[UUID | None] = mapped_column(ForeignKey("videos.id"))
    state: Mapped[str] = mapped_column(String(16), default=JobState.QUEUED)
    progress: Mapped[float] = mapped_column(Double, default=0.0)
    stage: Mapped[str] = mapped_column(String(64), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    max_attempts: Mapped[int] = mapped_column(Integer)
    # The claim: which worker attempt holds the job, and until when it may stay silent.
    claim: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    # Delivery: when the message last went to the broker, and how often.
    sent_at: Mapped[datetime | None]
    sends: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None] = mapped_column(doc="not to start before; null: at once")
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_detail: Mapped[str | None] = mapped_column(Text)
    correlation_id: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Finding(Identified):
    """The result of one job. The unique key makes a message that is delivered twice have one effect."""

    __tablename__ = "findings"
    __table_args__ = (Index(None, "study_id", "created_at"), Index(None, "patient_id", "created_at"))

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("studies.id"))
    kind: Mapped[str] = mapped_column(String(64))
    model_name: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(32))
    report: Mapped[dict[str, Any]]
    artifacts: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="role → {digest, size, media_type}")


class HeartRateReading(Identified):
    """What one video says of the heart rate: a number, or the reason why there is none. One row per job."""

    __tablename__ = "heart_rate_readings"
    __table_args__ = (Index(None, "patient_id", "created_at"), Index(None, "video_id", "created_at"))

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    video_id: Mapped[UUID] = mapped_column(ForeignKey("videos.id"))
    model_name: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(32))
    report: Mapped[dict[str, Any]]
    artifacts: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="role → {digest, size, media_type}")


class OutboxMessage(Base):
    """A message that must reach the broker; written in the transaction that makes it true."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "sent_at", "available_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), index=True)
    task: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    available_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


class DeadLetter(Identified):
    """A job given up after its last attempt, kept with its message until a person retries or dismisses it."""

    __tablename__ = "dead_letters"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), index=True)
    task: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(Integer)
    error_code: Mapped[str] = mapped_column(String(64))
    error_detail: Mapped[str] = mapped_column(Text)
    resolved_at: Mapped[datetime | None]


class Sequence(Base):
    """A counter whose row lock is held to the end of the transaction, so that numbers become visible in order."""

    __tablename__ = "sequences"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)
