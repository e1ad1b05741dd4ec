"""Patients and what is known of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.database.columns import Identified, now


class Patient(Identified):
    """One person in care."""

    __tablename__ = "patients"
    __table_args__ = (Index(None, "family_name", "given_name"),)

    medical_record_number: Mapped[str] = mapped_column(String(64), unique=True)
    family_name: Mapped[str] = mapped_column(String(128))
    given_name: Mapped[str] = mapped_column(String(128))
    birth_date: Mapped[date | None]
    sex: Mapped[str] = mapped_column(String(16), default="unknown")
    onset_at: Mapped[datetime | None]
    history: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    archived_at: Mapped[datetime | None]


class Study(Identified):
    """One uploaded imaging study: a set of files in the artifact store."""

    __tablename__ = "studies"
    __table_args__ = (Index(None, "patient_id", "created_at"),)

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    modality: Mapped[str] = mapped_column(String(16))
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    files: Mapped[list["StudyFile"]] = relationship(order_by="StudyFile.name", lazy="selectin")


class Video(Identified):
    """One video of a patient, uploaded or a clip of a monitored camera; the bytes lie in the artifact store."""

    __tablename__ = "videos"
    __table_args__ = (Index(None, "patient_id", "created_at"),)

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    source: Mapped[str] = mapped_column(String(64), doc="what recorded it: a camera's name, or upload")
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(doc="when its first frame was seen")
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class StudyFile(Identified):
    """One file of a study as it was uploaded; the bytes lie in the artifact store under their digest."""

    __tablename__ = "study_files"
    __table_args__ = (Index(None, "study_id"),)

    study_id: Mapped[UUID] = mapped_column(ForeignKey("studies.id"))
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
