"""What the PACS bridge remembers: how far it has listened, what became of each series, which objects are its own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.contracts.names import Priority
from shared.contracts.states import PacsState
from shared.database.columns import Base, Identified, now


class PacsCursor(Base):
    """The last change of one PACS that has been taken in."""

    __tablename__ = "pacs_cursors"

    url: Mapped[str] = mapped_column(String(255), primary_key=True)
    last_change: Mapped[int] = mapped_column(BigInteger)


class PacsSeries(Identified):
    """One series with one content: a series that grows later is another row, and is analysed again."""

    __tablename__ = "pacs_series"
    __table_args__ = (
        UniqueConstraint("orthanc_id", "content"),
        Index(None, "state", "due_at"),
    )

    orthanc_id: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64), default="", doc="sha256 of its UIDs; empty while it arrives")
    orthanc_study_id: Mapped[str] = mapped_column(String(64), default="", index=True)
    study_instance_uid: Mapped[str] = mapped_column(String(64), default="")
    series_instance_uid: Mapped[str] = mapped_column(String(64), default="")
    # What tells another reconstruction of one scan from another scan.
    frame_of_reference_uid: Mapped[str] = mapped_column(String(64), default="")
    acquired_at: Mapped[datetime | None]

    state: Mapped[str] = mapped_column(String(16), default=PacsState.ARRIVING)
    choice: Mapped[int] = mapped_column(Integer, default=0, doc="Choice; smaller is better")
    reason: Mapped[str | None] = mapped_column(String(64), doc="why it is not the first choice, or not analysed")
    priority: Mapped[str] = mapped_column(String(16), default=Priority.ROUTINE)
    instances: Mapped[int] = mapped_column(Integer, default=0)
    last_instance_at: Mapped[datetime | None]
    # When its next step may be tried, and how often that failed.
    due_at: Mapped[datetime] = mapped_column(default=now)
    failures: Mapped[int] = mapped_column(Integer, default=0)

    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("studies.id"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("findings.id"))


class PacsObject(Base):
    """A DICOM object of ours, noted before it is sent: what comes back under these UIDs is never analysed."""

    __tablename__ = "pacs_objects"

    sop_instance_uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    series_instance_uid: Mapped[str] = mapped_column(String(64), index=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("findings.id"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    stored_at: Mapped[datetime | None]
