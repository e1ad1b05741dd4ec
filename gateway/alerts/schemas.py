"""Alerts as requests and answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from gateway.paging import Page
from gateway.text import Reason
from shared.contracts.states import AlertLevel, AlertState


class AlertAction(BaseModel):
    """One step in an alert's life."""

    state: AlertState
    by: str | None = Field(description="Name of the user; null for the platform itself")
    at: datetime
    reason: str | None


class Alert(BaseModel):
    """A call for a person."""

    id: UUID
    patient_id: UUID
    study_id: UUID | None
    finding_id: UUID | None
    job_id: UUID | None
    level: AlertLevel
    code: str
    message: str
    state: AlertState
    created_at: datetime
    actions: list[AlertAction]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Acknowledgement(_In):
    """Someone takes care of it."""

    reason: Reason | None = None


class Closing(_In):
    """It needs no more care, and why."""

    reason: Reason


class AlertPage(Page[Alert]):
    """Some of the alerts."""
