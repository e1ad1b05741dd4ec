"""Audit entries as answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gateway.paging import Page


class AuditEntry(BaseModel):
    """Who did what to which row."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str = Field(description="Id of a user, or name of a worker")
    action: str
    resource: str
    detail: dict[str, Any]
    correlation_id: str
    hash: str = Field(description="SHA-256 over this entry and the hash of the one before")


class AuditPage(Page[AuditEntry]):
    """Some of the audit."""


class AuditVerification(BaseModel):
    """Whether the audit is as it was written."""

    intact: bool
    entries: int = Field(description="Entries that fit the chain, from the first on")
    first_broken_id: int | None
