"""Heart rates read from videos, as answers."""

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.address import API
from gateway.findings.schemas import ModelRef
from gateway.paging import Page
from gateway.served_files import ServedFile
from shared.contracts.heart_rate import HeartRateReport
from shared.database.tables import HeartRateReading as HeartRateReadingRow

_PLOTS: Final = {
    "pulse": "The pulse wave",
    "spectrum": "The pulse wave's spectrum",
    "trend": "The heart rate over time with its band",
}
_FORMS: Final = {"png": "image/png", "svg": "image/svg+xml"}
# Roles of a reading's artifacts that are served.
FILES: Final = {
    f"{plot}_{form}": ServedFile(f"{plot}.{form}", media_type, f"{what} ({form.upper()}).")
    for plot, what in _PLOTS.items()
    for form, media_type in _FORMS.items()
}


class HeartRateLinks(BaseModel):
    """Where a reading's plots are, null where there was nothing to draw; and where it is as FHIR."""

    pulse_png: str | None
    pulse_svg: str | None
    spectrum_png: str | None
    spectrum_svg: str | None
    trend_png: str | None
    trend_svg: str | None
    fhir: str


class HeartRateReading(BaseModel):
    """What one video says of the heart rate: a number, or the reason why there is none."""

    id: UUID
    patient_id: UUID
    video_id: UUID
    job_id: UUID
    model: ModelRef
    report: HeartRateReport = Field(description="In lists without the pulse wave and its spectrum, which are long")
    created_at: datetime
    links: HeartRateLinks

    @classmethod
    def of(cls, row: HeartRateReadingRow) -> Self:
        """The reading as its row says."""
        address = f"{API}/heart-rate-readings/{row.id}"
        links = {role: f"{address}/{file.name}" if role in row.artifacts else None for role, file in FILES.items()}
        return cls(
            id=row.id,
            patient_id=row.patient_id,
            video_id=row.video_id,
            job_id=row.job_id,
            model=ModelRef(name=row.model_name, version=row.model_version),
            report=HeartRateReport.model_validate(row.report),
            created_at=row.created_at,
            links=HeartRateLinks(**links, fhir=f"{address}/fhir"),
        )

    def in_brief(self) -> Self:
        """The reading for a list: ten minutes of the wave alone are 18000 numbers."""
        return self.model_copy(update={"report": self.report.model_copy(update={"pulse": None, "spectrum": None})})


class HeartRateReadingPage(Page[HeartRateReading]):
    """Some of the readings."""
