"""The shipped models: what each may see, what competes to become it, and how the winner is fitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.cohort.patients import TREATMENTS, Cohort
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.expansion.predict import ADMISSION_MODEL as EXPANSION_ADMISSION
from services.risk_scoring.expansion.predict import CLINICAL_MODEL as EXPANSION_CLINICAL
from services.risk_scoring.features import CLINICAL, IMAGING, VOLUMES, Feature
from services.risk_scoring.outcome.features import FOLLOW_UP
from services.risk_scoring.outcome.predict import ADMISSION_MODEL as OUTCOME_ADMISSION
from services.risk_scoring.outcome.predict import FOLLOW_UP_MODEL as OUTCOME_FOLLOW_UP
from services.risk_scoring.training.candidates import Candidate, expansion_candidates, outcome_candidates
from services.risk_scoring.training.design import Design, expansion_design, outcome_design
from services.risk_scoring.training.literature import ADMISSION_EFFECTS, CLINICAL_EFFECTS
from services.risk_scoring.training.nested import AVERAGED, Blend, Plan, average, choose, fit, predict

_SHAPE_AND_DENSITY = tuple(feature for feature in IMAGING if feature.needs == ("haematoma_radiomics",))
_MRS = "modified Rankin Scale 90 days after onset"


@dataclass(frozen=True)
class ModelSpec:
    """One model: its ``design`` of a cohort and its ``candidates`` with or without the columns of treatment."""

    name: str
    features: tuple[Feature, ...]
    levels: tuple[str, ...]
    design: Callable[[Cohort, ExpansionDefinition], Design]
    candidates: Callable[[bool], list[Candidate]]
    describe: Callable[[ExpansionDefinition], str]

    @property
    def by_name(self) -> Mapping[str, Feature]:
        """The features by name."""
        return {feature.name: feature for feature in self.features}


def _names(features: Sequence[Feature]) -> tuple[str, ...]:
    return tuple(feature.name for feature in features)


def _expansion(name: str, features: tuple[Feature, ...], effects: Mapping[str, float]) -> ModelSpec:
    def candidates(treatments: bool) -> list[Candidate]:
        return expansion_candidates((*_names(features), *(TREATMENTS if treatments else ())), effects)

    return ModelSpec(
        name,
        features,
        ("no expansion", "expansion"),
        lambda cohort, definition: expansion_design(cohort, features, definition),
        candidates,
        ExpansionDefinition.describe,
    )


def _outcome(name: str, extra: tuple[Feature, ...]) -> ModelSpec:
    features = (*CLINICAL, *VOLUMES, *_SHAPE_AND_DENSITY, *extra)
    sets = {
        "age and volume": ("age_years", "log_haematoma_ml"),
        "age, volumes, earlier disability": ("age_years", "log_haematoma_ml", "log_oedema_ml", "premorbid_mrs"),
        "all predictors": _names((*CLINICAL, *VOLUMES, *_SHAPE_AND_DENSITY)),
    }
    sets = {label: (*columns, *_names(extra)) for label, columns in sets.items()}

    def candidates(treatments: bool) -> list[Candidate]:
        added = TREATMENTS if treatments else ()
        return outcome_candidates({label: (*columns, *added) for label, columns in sets.items()})

    return ModelSpec(
        name,
        features,
        tuple(f"mRS {level}" for level in range(7)),
        lambda cohort, _: outcome_design(cohort, features, follow_ups=bool(extra)),
        candidates,
        lambda _: _MRS,
    )


SPECS = (
    _expansion(EXPANSION_ADMISSION, (*CLINICAL, *IMAGING), ADMISSION_EFFECTS),
    _expansion(EXPANSION_CLINICAL, CLINICAL, CLINICAL_EFFECTS),
    _outcome(OUTCOME_ADMISSION, ()),
    _outcome(OUTCOME_FOLLOW_UP, FOLLOW_UP),
)


@dataclass(frozen=True)
class FinalModel:
    """The average that is shipped: candidates with weights, and their pipelines fitted on all patients."""

    design: Design
    blend: Blend
    pipelines: tuple[Any, ...]

    def predict(self, design: Design) -> NDArray[np.float64]:
        """P(level), see `nested.predict`, of every patient of ``design``."""
        everyone = np.arange(len(design.levels))
        return average(
            [
                (weight, predict(design, candidate, pipeline, everyone))
                for (weight, candidate), pipeline in zip(self.blend, self.pipelines, strict=True)
            ]
        )


def fit_final(design: Design, spec: ModelSpec, plan: Plan) -> FinalModel:
    """Weigh as in every outer fold, but on all patients, and fit."""
    everyone = np.arange(len(design.levels))
    blend = choose(design, spec.candidates(False), everyone, plan, plan.seed)[AVERAGED]
    return FinalModel(design, blend, tuple(fit(design, candidate, everyone) for _, candidate in blend))
