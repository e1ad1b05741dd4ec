"""What the risk of a patient is computed from besides images, what came of it, and what is remembered between times."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.contracts.vitals import VitalSource
from shared.database.columns import Base, Identified, now


class Vital(Identified):
    """One measured vital sign; the unique key drops what a device sends twice, by its own clock.

    By the platform's, the same value sent again would be another: what is known of a device's skew changes from one
    batch to the next by the network's delay.
    """

    __tablename__ = "vitals"
    __table_args__ = (
        UniqueConstraint("patient_id", "device", "kind", "device_time"),
        Index(None, "patient_id", "measured_at"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    device: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(16), default=VitalSource.MONITOR)
    kind: Mapped[str] = mapped_column(String(32), doc="LOINC code")
    value: Mapped[float] = mapped_column(Double)
    unit: Mapped[str] = mapped_column(String(32), doc="UCUM")
    quality: Mapped[float | None] = mapped_column(Double)
    measured_at: Mapped[datetime] = mapped_column(doc="by the platform's clock")
    device_time: Mapped[datetime] = mapped_column(doc="by the device's own clock, as it was sent")
    clock_skew_s: Mapped[float | None] = mapped_column(
        Double, doc="the platform's clock less the device's; null where the device did not say when it sent"
    )


class BehaviourEvent(Identified):
    """Something that a person was seen to do; sent again with a later end, it is the same event going on."""

    __tablename__ = "behaviour_events"
    __table_args__ = (
        UniqueConstraint("patient_id", "source", "kind", "started_at"),
        Index(None, "patient_id", "started_at"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    source: Mapped[str] = mapped_column(String(64), doc="camera, sensor or person")
    kind: Mapped[str] = mapped_column(String(64))
    confidence: Mapped[float] = mapped_column(Double)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]


class RiskScore(Identified):
    """One computed risk of a patient, with what it was computed from."""

    __tablename__ = "risks"
    __table_args__ = (Index(None, "patient_id", "created_at"),)

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    model_name: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(32))
    report: Mapped[dict[str, Any]]


class RiskState(Base):
    """What the bedside score remembers of a patient from one assessment to the next."""

    __tablename__ = "risk_states"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    state: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ExpansionOutcome(Identified):
    """What became of a haematoma whose expansion had been predicted, by one later CT. One row per pair of CTs."""

    __tablename__ = "expansion_outcomes"
    __table_args__ = (UniqueConstraint("first_finding_id", "later_finding_id"),)

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    risk_id: Mapped[UUID] = mapped_column(ForeignKey("risks.id"), index=True)
    first_finding_id: Mapped[UUID] = mapped_column(ForeignKey("findings.id"))
    later_finding_id: Mapped[UUID] = mapped_column(ForeignKey("findings.id"))
    model_name: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(32))
    predicted: Mapped[float] = mapped_column(Double, doc="probability of expansion")
    expanded: Mapped[str] = mapped_column(String(16), doc="yes, no or uncertain")
    growth: Mapped[dict[str, Any]] = mapped_column(doc="times, volumes, growth with its band, definition")


class WhatIf(Base):
    """A question that a person waits for, and its answer; forgotten soon after."""

    __tablename__ = "what_ifs"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    question: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any] | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
