"""Videos as answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.heart_rates.schemas import HeartRateReading
from gateway.jobs.schemas import Job
from gateway.paging import Page


class Video(BaseModel):
    """One video of a patient, with its latest job and the heart rate read from it last."""

    id: UUID
    patient_id: UUID
    source: str = Field(description="What recorded it: a camera's name, or upload")
    name: str
    size_bytes: int
    recorded_at: datetime = Field(description="When its first frame was seen")
    created_at: datetime
    job: Job | None
    reading: HeartRateReading | None


class VideoAccepted(BaseModel):
    """A video that was received, and the job that reads the heart rate from it."""

    video: Video
    job: Job


class VideoPage(Page[Video]):
    """Some of the videos."""
