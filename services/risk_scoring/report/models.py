"""All models of risk scoring, loaded once."""

from dataclasses import dataclass
from typing import Self

from services.risk_scoring.bedside.weights import BedsideWeights, load_weights
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.expansion.predict import load_admission_model, load_clinical_model
from services.risk_scoring.oedema_course.card import CourseModel
from services.risk_scoring.oedema_course.course import shipped
from services.risk_scoring.outcome.predict import load_admission_model as load_outcome_model
from services.risk_scoring.outcome.predict import load_follow_up_model
from services.risk_scoring.scorecard.card import RiskModel
from shared.contracts.risk import Contribution, ModelName


@dataclass(frozen=True)
class Models:
    """The models in use, and what counts as expansion; of the oedema's course the richest first."""

    expansion_admission: RiskModel
    expansion_clinical: RiskModel
    outcome_admission: RiskModel
    outcome_follow_up: RiskModel
    oedema_course: tuple[CourseModel, ...]
    bedside: BedsideWeights
    definition: ExpansionDefinition

    @classmethod
    def load(cls) -> Self:
        """The shipped ones. Raises what `load_model`, `load_course_model` and `load_weights` raise."""
        return cls(
            load_admission_model(),
            load_clinical_model(),
            load_outcome_model(),
            load_follow_up_model(),
            shipped(),
            load_weights(),
            ExpansionDefinition(),
        )

    @property
    def version(self) -> str:
        """The versions of expansion, outcome and bedside risk."""
        parts = (self.expansion_admission.manifest.version, self.outcome_admission.manifest.version)
        return "/".join((*parts, self.bedside.version))


def name_of(model: RiskModel) -> ModelName:
    """Which model, in which version."""
    return ModelName(name=model.manifest.name, version=model.manifest.version)


def contributions_of(model: RiskModel, added: dict[str, float], missing: tuple[str, ...]) -> list[Contribution]:
    """What each feature adds, the most influential first."""
    labels = {feature.name: feature.label for feature in model.card.features}
    parts = [
        Contribution(name=name, label=labels[name], contribution=value, known=name not in missing)
        for name, value in added.items()
    ]
    return sorted(parts, key=lambda part: (-abs(part.contribution), part.name))
