"""Studies as answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from gateway.findings.schemas import Finding
from gateway.jobs.schemas import Job
from gateway.paging import Page
from shared.contracts.names import Priority


class Study(BaseModel):
    """One uploaded imaging study, with its latest job and finding."""

    id: UUID
    patient_id: UUID
    modality: str
    priority: Priority
    created_at: datetime
    file_count: int
    size_bytes: int
    job: Job | None
    finding: Finding | None


class StudyAccepted(BaseModel):
    """A study that was received, and the job that analyses it."""

    study: Study
    job: Job


class StudyPage(Page[Study]):
    """Some of the studies."""
