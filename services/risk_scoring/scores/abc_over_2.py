"""ABC/2: the volume of a haematoma from three lengths measured by hand on the CT (Kothari 1996)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.risk_scoring.scores.score import ScoreInputs

_CITATION = "Kothari RU et al., The ABCs of measuring intracerebral hemorrhage volumes, Stroke 1996;27:1304-1305"
# Above, one of the two is wrong or the shape too irregular for ABC/2.
LARGEST_DIFFERENCE = 0.25

LengthMm = Annotated[float, Field(gt=0, le=250, json_schema_extra={"unit": "mm"})]
AreaMm2 = Annotated[float, Field(ge=0, le=40_000, json_schema_extra={"unit": "mm2"})]


class AbcInputs(ScoreInputs):
    """What was measured: A and B on the slice with the largest bleed, and the bleed's area on every slice.

    Areas may be in any one unit, or percent of the largest: only their ratio to the largest counts.
    """

    a_mm: LengthMm = Field(description="Greatest diameter on the slice with the largest bleed")
    b_mm: LengthMm = Field(description="Greatest diameter perpendicular to A on the same slice")
    slice_mm: Annotated[float, Field(gt=0, le=20, json_schema_extra={"unit": "mm"})]
    slice_areas: Annotated[tuple[AreaMm2, ...], Field(min_length=1, max_length=1000, strict=False)]
    voxel_volume_ml: Annotated[float, Field(gt=0, le=1500, json_schema_extra={"unit": "mL"})] | None = None

    @field_validator("b_mm")
    @classmethod
    def _not_over_a(cls, b_mm: float, info: ValidationInfo) -> float:
        if b_mm > info.data.get("a_mm", b_mm):
            raise ValueError("B is longer than A, which is the greatest diameter; exchange the two")
        return b_mm

    @field_validator("slice_areas")
    @classmethod
    def _somewhere(cls, areas: tuple[float, ...]) -> tuple[float, ...]:
        if not any(areas):
            raise ValueError("the bleed has no area on any slice; there is nothing to measure")
        return areas


class AbcVolume(BaseModel):
    """The estimate, its C, and how far it lies from the voxel count where one was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    volume_ml: float
    c_mm: float
    slice_weights: tuple[float, ...]
    difference: float | None = Field(description="|ABC/2 - voxels| / voxels; null without a voxel volume")
    disagrees: bool = Field(description="whether the difference exceeds a quarter")
    citation: str


def abc_over_2(inputs: AbcInputs) -> AbcVolume:
    """A x B x C / 2 in mL, with C = slice thickness x sum of the slices' weights."""
    largest = max(inputs.slice_areas)
    weights = tuple(_weight(area / largest) for area in inputs.slice_areas)
    c_mm = inputs.slice_mm * sum(weights)
    volume_ml = inputs.a_mm * inputs.b_mm * c_mm / 2 / 1000
    voxels = inputs.voxel_volume_ml
    difference = None if voxels is None else abs(volume_ml - voxels) / voxels
    return AbcVolume(
        volume_ml=volume_ml,
        c_mm=c_mm,
        slice_weights=weights,
        difference=difference,
        disagrees=difference is not None and difference > LARGEST_DIFFERENCE,
        citation=_CITATION,
    )


def _weight(share: float) -> float:
    """Of a slice, by its area's share of the largest: over 75 % counts whole, from 25 to 75 % half, under 25 % not."""
    if share > 0.75:
        return 1.0
    return 0.5 if share >= 0.25 else 0.0
