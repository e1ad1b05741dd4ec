"""The file of one model: coefficients of standardised features and the cuts between the levels of the outcome."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.inference.manifest import ModelManifest, ModelManifestError, read_manifest, verified_file

WEIGHTS_FOLDER = Path(__file__).parents[1] / "weights"

Missing = Literal["refuse", "impute"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FeatureWeight(_Part):
    """One feature: it adds ``coefficient`` x (value - ``mean``) / ``scale`` to the log odds."""

    name: str
    label: str
    mean: float = Field(description="of the patients the model learned from")
    scale: float = Field(gt=0, description="their standard deviation")
    coefficient: float = Field(description="log odds per standard deviation")
    low: float = Field(description="the least value the model learned from")
    high: float = Field(description="the greatest")
    missing: Missing = Field(description="refuse: no prediction without it; impute: the mean, so that it adds nothing")


class Scorecard(_Part):
    """P(level >= k + 1) = sigmoid(sum of contributions - ``cuts[k]``): logistic of one cut, proportional odds of more.

    -cuts[k] is the base: the log odds of a patient whose every feature is at its mean.
    """

    outcome: str
    levels: tuple[str, ...] = Field(min_length=2)
    cuts: tuple[float, ...] = Field(min_length=1)
    features: tuple[FeatureWeight, ...]

    @model_validator(mode="after")
    def _one_cut_between_levels(self) -> Self:
        if len(self.cuts) != len(self.levels) - 1 or list(self.cuts) != sorted(self.cuts):
            raise ValueError("cuts must rise, one between each two levels")
        return self


class ScorecardManifest(ModelManifest):
    """The manifest of a scorecard."""

    definition: str = Field(description="of the predicted outcome, in full")
    procedure: str = Field(description="how the model was chosen and fitted")


class RiskModel(_Part):
    """A scorecard with its papers."""

    manifest: ScorecardManifest
    card: Scorecard


def load_model(name: str, weights: Path = WEIGHTS_FOLDER) -> RiskModel:
    """Read the model ``name`` from its folder in ``weights``.

    Raises ModelFileMissingError, ModelManifestError and ModelChecksumError.
    """
    folder = weights / name
    manifest = read_manifest(folder, ScorecardManifest)
    path = verified_file(folder, manifest)
    try:
        return RiskModel(manifest=manifest, card=Scorecard.model_validate_json(path.read_bytes()))
    except ValidationError as error:
        raise ModelManifestError(f"{path} is no scorecard: {error.errors()[0]['msg']}; install it again.") from error
