"""The messages that travel through the queue. They carry addresses of rows, never clinical data."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class JobMessage(BaseModel):
    """Asks a worker to run one job; everything else it needs is in the job's row and its study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job_id: UUID
    correlation_id: str
