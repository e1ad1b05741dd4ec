"""What people are told: live events, and alerts with their whole history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.contracts.states import AlertState
from shared.database.columns import Base, BigId, Identified, now


class Event(Base):
    """Something that happened. Ids become visible in order, so that "after id N" never misses one."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(64))
    patient_id: Mapped[UUID | None] = mapped_column(index=True)
    study_id: Mapped[UUID | None] = mapped_column(index=True)
    job_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Alert(Identified):
    """A call for a person. The unique key raises the same alert once, however often its cause is seen."""

    __tablename__ = "alerts"
    __table_args__ = (Index(None, "state", "created_at"),)

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("studies.id"))
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("findings.id"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id"))
    dedupe_key: Mapped[str] = mapped_column(String(128), unique=True)
    level: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default=AlertState.OPEN)
    actions: Mapped[list["AlertAction"]] = relationship(order_by="AlertAction.created_at", lazy="selectin")


class AlertAction(Identified):
    """One step in an alert's life: who did it, when, why."""

    __tablename__ = "alert_actions"

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
