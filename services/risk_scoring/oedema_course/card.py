"""The file of one course model: the weights of the shared course with their covariance, and the patient's process."""

from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.risk_scoring.oedema_course.mixed_model import PatientProcess, SharedCourse
from shared.inference.manifest import ModelManifest, ModelManifestError, read_manifest, verified_file

Array = NDArray[np.float64]
Variant = Literal["location", "shape", "volumes"]

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
# Richest first: what each variant reads of CourseCovariates.
_VOLUMES = ("haematoma_ml", "age_years")
_SHAPE = (*_VOLUMES, "sphericity", "elongation", "flatness")
_LOCATION = (*_SHAPE, "anterior_share", "posterior_share", "pons_medulla_share", "cerebellum_share")
COVARIATES: dict[Variant, tuple[str, ...]] = {"location": _LOCATION, "shape": _SHAPE, "volumes": _VOLUMES}
# Beyond this many standard deviations a straight line is not to be trusted.
CLIP = 3.0


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CovariateScale(_Part):
    """How one covariate is standardised: (value - ``mean``) / ``scale``, held within three; haematoma as cube root."""

    name: str
    mean: float
    scale: float = Field(gt=0)


class Process(_Part):
    """The fields of mixed_model.PatientProcess."""

    level: float = Field(gt=0)
    drift: float = Field(gt=0)
    drift_length: float = Field(gt=0)
    noise: float = Field(gt=0)
    fanning: float


class CourseCard(_Part):
    """The coefficients. ``weights`` are those of f0..fC at the knots; ``covariance`` is its lower triangle, by rows."""

    knots_h: tuple[float, ...] = Field(min_length=2)
    offset: float = Field(description="cube root of mL")
    covariates: tuple[CovariateScale, ...]
    process: Process
    weights: tuple[float, ...]
    covariance: tuple[float, ...]

    @model_validator(mode="after")
    def _sizes_agree(self) -> Self:
        size = (1 + len(self.covariates)) * len(self.knots_h)
        if len(self.weights) != size or len(self.covariance) != size * (size + 1) // 2:
            raise ValueError(f"{size} weights and the lower triangle of their covariance are needed")
        return self

    @cached_property
    def shared(self) -> SharedCourse:
        """The coefficients as arrays."""
        size = len(self.weights)
        lower = np.zeros((size, size))
        lower[np.tril_indices(size)] = self.covariance
        return SharedCourse(
            knots_h=self.knots_h,
            offset=self.offset,
            mean=np.array(self.weights),
            covariance=lower + np.tril(lower, -1).T,
            process=PatientProcess(**self.process.model_dump()),
        )

    def standardised(self, values: dict[str, float | None]) -> Array | None:
        """The covariates as the model sees them, (C,); None where one is not known."""
        found = [values[scale.name] for scale in self.covariates]
        known = [value for value in found if value is not None]
        if len(known) < len(found):
            return None
        means = np.array([scale.mean for scale in self.covariates])
        scales = np.array([scale.scale for scale in self.covariates])
        raw = as_entered([scale.name for scale in self.covariates], np.array([known]))[0]
        return np.asarray(np.clip((raw - means) / scales, -CLIP, CLIP))


def as_entered(names: list[str], values: Array) -> Array:
    """Columns (n, C) as they enter the model: the haematoma by its cube root, like the oedema; others as they are."""
    entered = values.copy()
    if "haematoma_ml" in names:
        column = names.index("haematoma_ml")
        entered[:, column] = np.cbrt(values[:, column])
    return entered


class CourseModel(_Part):
    """A card with its manifest."""

    manifest: ModelManifest
    card: CourseCard


def model_name(variant: Variant) -> str:
    """Name of the model and of its folder."""
    return f"oedema_course_{variant}"


def load_course_model(variant: Variant, weights: Path = WEIGHTS_FOLDER) -> CourseModel:
    """Read one model.

    Raises ModelFileMissingError, ModelManifestError and ModelChecksumError.
    """
    folder = weights / model_name(variant)
    manifest = read_manifest(folder, ModelManifest)
    path = verified_file(folder, manifest)
    try:
        return CourseModel(manifest=manifest, card=CourseCard.model_validate_json(path.read_bytes()))
    except ValidationError as error:
        raise ModelManifestError(f"{path} is no course model: {error.errors()[0]['msg']}; install it again.") from error
