"""Findings as answers."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.address import API
from gateway.paging import Page
from gateway.served_files import ServedFile
from shared.contracts.ct import CtReport
from shared.database.tables import Finding as FindingRow

# Roles of a finding's artifacts that are served.
FILES = {
    "preview": ServedFile("preview.png", "image/png", "The slice with the largest lesion, its outline drawn in (PNG)."),
    "volume": ServedFile("volume.nii.gz", "application/gzip", "The CT volume that the mask belongs to (NIfTI, gzip)."),
    "mask": ServedFile("mask.nii.gz", "application/gzip", "The lesion mask on the volume's grid (NIfTI, gzip)."),
    "segmentation": ServedFile(
        "segmentation.dcm", "application/dicom", "The lesions on the acquired slices (DICOM Segmentation)."
    ),
    "structured_report": ServedFile(
        "structured_report.dcm", "application/dicom", "The measurements (DICOM Comprehensive 3D SR, TID 1500)."
    ),
    "secondary_capture": ServedFile(
        "secondary_capture.dcm", "application/dicom", "The preview, for any DICOM viewer (DICOM Secondary Capture)."
    ),
}


class ModelRef(BaseModel):
    """Which weights made a finding."""

    name: str
    version: str


class FindingLinks(BaseModel):
    """Where a finding's files are, null where there is none; and where it is in the formats of other systems."""

    preview: str | None
    volume: str | None
    mask: str | None
    segmentation: str | None = Field(description="DICOM; empty without a lesion, null without a DICOM source")
    structured_report: str | None = Field(description="DICOM; null without a DICOM source")
    secondary_capture: str | None = Field(description="DICOM; null without a DICOM source")
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
        links = {role: f"{address}/{file.name}" if role in row.artifacts else None for role, file in FILES.items()}
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
