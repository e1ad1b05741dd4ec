"""Patients with their exams, as the tables tell of them."""

from dataclasses import dataclass

from services.risk_scoring.inputs import AdmissionInputs
from shared.contracts.ct import Radiomics

Split = str

TREATMENTS = (
    "ventricular_drainage",
    "haemostatic_therapy",
    "icp_lowering_therapy",
    "antihypertensive_therapy",
    "sedation_analgesia",
    "antiemetic_gastroprotection",
    "neurotrophic_therapy",
)


@dataclass(frozen=True)
class Exam:
    """One CT: volumes in mL, hours since onset, shares of haematoma and oedema by vascular territory (0 to 1)."""

    exam_id: str
    hours_from_onset: float
    haematoma_ml: float
    oedema_ml: float
    haematoma_territories: dict[str, float]
    oedema_territories: dict[str, float]
    haematoma_radiomics: Radiomics | None
    oedema_radiomics: Radiomics | None


@dataclass(frozen=True)
class CohortPatient:
    """``exams`` by time, the admission first. ``treatments`` were decided after admission; None is not recorded."""

    patient_id: str
    split: Split
    admission: AdmissionInputs
    treatments: dict[str, bool | None]
    exams: tuple[Exam, ...]
    mrs_90d: int | None

    @property
    def follow_ups(self) -> tuple[Exam, ...]:
        """The exams after the admission's."""
        return self.exams[1:]


@dataclass(frozen=True)
class Cohort:
    """Patients in the order of their table; ``warnings`` tells what in the tables is odd but can be used."""

    patients: tuple[CohortPatient, ...]
    warnings: tuple[str, ...]
