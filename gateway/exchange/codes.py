"""Codes and units with their code systems, as FHIR and as HL7 v2 and DICOM name these."""

from dataclasses import dataclass
from typing import Final

from shared.contracts.local_codes import SCHEME, SCHEME_UID
from shared.contracts.vitals import VITALS, VitalKind


@dataclass(frozen=True)
class System:
    """A code system: its URI in FHIR, and its name in HL7 table 0396, which is also DICOM's designator."""

    uri: str
    name: str


@dataclass(frozen=True)
class Code:
    """One concept of a code system."""

    system: System
    value: str
    display: str


LOINC: Final = System("http://loinc.org", "LN")
SNOMED: Final = System("http://snomed.info/sct", "SCT")
DICOM: Final = System("http://dicom.nema.org/resources/ontology/DCM", "DCM")
UCUM: Final = System("http://unitsofmeasure.org", "UCUM")
LOCAL: Final = System(f"urn:oid:{SCHEME_UID}", SCHEME)

CT_HEAD: Final = Code(LOINC, "24725-4", "CT Head")
IMPRESSION: Final = Code(LOINC, "19005-8", "Radiology Imaging study [Impression] (narrative)")
HEART_RATE: Final = Code(LOINC, VitalKind.HEART_RATE.value, "Heart rate")
BRAIN: Final = Code(SNOMED, "12738006", "Brain")
SOFTWARE: Final = Code(SNOMED, "706687001", "Software")
COMPUTED_TOMOGRAPHY: Final = Code(DICOM, "CT", "Computed Tomography")
STUDY_UID: Final = Code(DICOM, "110180", "Study Instance UID")
SERIES_UID: Final = Code(DICOM, "112002", "Series Instance UID")
TRACKING_UID: Final = Code(DICOM, "112040", "Tracking Unique Identifier")

# Concepts and methods of measurements, the same as in the DICOM structured report (TID 1500).
VOLUME: Final = Code(SNOMED, "118565006", "Volume")
LONG_AXIS: Final = Code(SNOMED, "103339001", "Long axis")
PERPENDICULAR_AXIS: Final = Code(SNOMED, "131189007", "Perpendicular Axis")
HEIGHT: Final = Code(DICOM, "121207", "Height")
VOXEL_SUM: Final = Code(DICOM, "126030", "Sum of segmented voxel method for volume")

MILLILITRE: Final = Code(UCUM, "mL", "milliliter")
MILLIMETRE: Final = Code(UCUM, "mm", "millimeter")
PER_MINUTE: Final = Code(UCUM, VITALS[VitalKind.HEART_RATE].unit, "per minute")
UNITY: Final = Code(UCUM, "1", "no unit")
