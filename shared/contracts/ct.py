"""What CT segmentation says of one study. Stored as JSON with the finding and served by the gateway as it is."""

import re
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

FINDING_KIND: Final = "ct_haemorrhage"

# DICOM PS3.5, 9.1, but for leading zeros, which some scanners write.
UID_PATTERN: Final = r"^[0-9]+(\.[0-9]+)*$"
UID_MAX_LENGTH: Final = 64
DicomUid = Annotated[str, Field(pattern=UID_PATTERN, max_length=UID_MAX_LENGTH)]

LesionClass = Literal["haematoma", "oedema"]


def is_dicom_uid(text: str | None) -> bool:
    """Whether others can look ``text`` up; studies are read here whatever their headers hold in a UID's place."""
    return text is not None and len(text) <= UID_MAX_LENGTH and re.fullmatch(UID_PATTERN, text) is not None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Peculiarity(_Part):
    """Something unusual about the series that a reader of the result should know."""

    code: str
    detail: str


class Component(_Part):
    """One 3-D connected lesion component."""

    label: LesionClass
    volume_ml: float = Field(ge=0)
    centroid_mm: tuple[float, float, float] = Field(description="Patient coordinates (DICOM LPS), mm")
    first_slice: int
    last_slice: int


class AbcOver2(_Part):
    """The bedside estimate A × B × C / 2 of the haematoma (Kothari 1996), beside the voxel count."""

    a_mm: float
    b_mm: float
    c_mm: float
    volume_ml: float


class CtGeometry(_Part):
    """The grid that the volumes were computed on."""

    slices: int
    rows: int
    columns: int
    spacing_mm: tuple[float, float, float] = Field(description="Between slices, between rows, between columns")
    tilt_degrees: float


class ReviewFlag(_Part):
    """A reason for a person to look again before using the result."""

    code: str
    detail: str


class Radiomics(_Part):
    """Features of all voxels of one lesion class together, by pyradiomics' definitions and under its names.

    A feature that is undefined for the voxels at hand is absent: Elongation and Flatness of a single voxel,
    RobustMeanAbsoluteDeviation of two, Skewness and Kurtosis of intensities that are all equal.
    """

    shape: dict[str, float] = Field(description="The 14 shape features: mm, mm², mm³ or without unit")
    first_order: dict[str, float] = Field(description="The 17 first-order features: HU, HU², bits or without unit")


class CtReport(_Part):
    """The whole finding of one head CT."""

    haematoma_ml: float = Field(ge=0)
    oedema_ml: float = Field(ge=0)
    abc_over_2: AbcOver2 | None = Field(description="null without a haematoma")
    components: list[Component]
    largest_lesion_slice: int | None = Field(description="0-based, from the base upwards; null without a lesion")
    type_probabilities: dict[str, float] = Field(description="Per study; only types that the model was trained on")
    haemorrhage_suspected: bool
    slice_type_probabilities: dict[str, list[float]] = Field(
        default_factory=dict, description="Per slice from the base upwards; empty in findings made before there was any"
    )
    haematoma_ml_range: tuple[float, float] | None = Field(
        None,
        description="Volume of the voxels that the network is sure of (P >= 0.75), and with all that it doubts "
        "(P >= 0.25). How far the outline could move; no confidence interval",
    )
    geometry: CtGeometry
    peculiarities: list[Peculiarity]
    review_flags: list[ReviewFlag]
    study_instance_uid: DicomUid | None = Field(None, description="Of the DICOM study; null without DICOM")
    series_instance_uid: DicomUid | None = Field(None, description="Of the series that was analysed")
    tracking_uid: DicomUid | None = Field(
        None,
        description="Of the haematoma, in DICOM SEG and SR too; null without a haematoma or DICOM",
    )
    acquired_at: AwareDatetime | None = Field(None, description="When the scan was made, by its DICOM header")
    radiomics: dict[LesionClass, Radiomics] = Field(
        default_factory=dict, description="Per class that has a lesion; empty in findings made before there was any"
    )
