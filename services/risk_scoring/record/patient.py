"""One patient as the tables tell, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.contracts.ct import CtReport
from shared.contracts.risk import Exam
from shared.contracts.vitals import ASSUMED_QUALITY, VitalKind, VitalSource


@dataclass(frozen=True)
class Measured:
    """One vital sign, in the unit that its kind is stored in."""

    kind: VitalKind
    value: float
    stated_quality: float | None
    source: VitalSource
    device: str
    at: datetime

    @property
    def quality(self) -> float:
        """How good it is, 0 to 1, by its device or by its source."""
        return ASSUMED_QUALITY[self.source] if self.stated_quality is None else self.stated_quality


@dataclass(frozen=True)
class Seen:
    """Something that the patient was seen to do."""

    kind: str
    confidence: float
    source: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Scan:
    """One head CT with its finding."""

    exam: Exam
    report: CtReport


@dataclass(frozen=True)
class PatientRecord:
    """Everything known of a patient ``now``.

    ``scans`` are those since onset, by time. ``admission`` holds the vital signs closest to the first of them, and
    ``present`` the latest, one of each kind; ``recent`` and ``seen`` are all that the bedside risk remembers.
    """

    patient_id: UUID
    now: datetime
    sex: str
    birth_date: date | None
    onset_at: datetime | None
    history: Mapping[str, Any]
    scans: tuple[Scan, ...] = ()
    admission: tuple[Measured, ...] = ()
    present: tuple[Measured, ...] = ()
    recent: tuple[Measured, ...] = ()
    seen: tuple[Seen, ...] = ()
