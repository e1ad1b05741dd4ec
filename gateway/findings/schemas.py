"""Findings as answers."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.address import API
from gateway.paging import Page
from shared.contracts.ct import CtReport
from shared.database.tables import Finding as FindingRow

# Roles of a finding's artifacts that are served, and the last part of their address.
IMAGES = {"preview": "preview.png", "volume": "volume.nii.gz", "mask": "mask.nii.gz"}


class ModelRef(BaseModel):
    """Which weights made a finding."""

    name: str
    version: str


class FindingLinks(BaseModel):
    """Where a finding's images are, null where there is none; and where it is in the formats of other systems."""

    preview: str | None
    volume: str | None
    mask: str | None
    fhir: str
    hl7: str


class Finding(BaseModel):
    """The result of one job."""

    id: UUID
    patient_id: UUID
    study_id: UUID | None
    job_id: UUID
    kind: str = Field(description="What was looked for, such as ct_haemorrhage")
    model: ModelRef
    report: CtReport
    created_at: datetime
    links: FindingLinks

    @classmethod
    def of(cls, row: FindingRow) -> Self:
        """The finding as its row says."""
        address = f"{API}/findings/{row.id}"
        links = {role: f"{address}/{file}" if role in row.artifacts else None for role, file in IMAGES.items()}
        return cls(
            id=row.id,
            patient_id=row.patient_id,
            study_id=row.study_id,
            job_id=row.job_id,
            kind=row.kind,
            model=ModelRef(name=row.model_name, version=row.model_version),
            report=CtReport.model_validate(row.report),
            created_at=row.created_at,
            links=FindingLinks(**links, fhir=f"{address}/fhir", hl7=f"{address}/hl7"),
        )


class FindingPage(Page[Finding]):
    """Some of the findings."""
