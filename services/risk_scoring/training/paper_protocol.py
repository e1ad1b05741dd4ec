"""The paper's logistic regression for expansion twice: oversampled before the split, and inside the folds.

Before the split, Borderline-SMOTE makes synthetic events between real ones. The split then puts a synthetic patient on
one side and the real ones that it was mixed from on the other: the model is tested on mixtures of what it has
learned. Nothing of that carries over to a new patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from imblearn.over_sampling import BorderlineSMOTE
from imblearn.pipeline import Pipeline
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from services.risk_scoring.cohort.patients import Cohort, CohortPatient
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.features import CLINICAL, Feature
from services.risk_scoring.inputs import AdmissionInputs
from services.risk_scoring.training.candidates import paper_steps, preparation
from services.risk_scoring.training.design import expansion_design

Array = NDArray[np.float64]

PRINTED = {"accuracy": 0.848, "recall": 0.821, "auc": 0.91}  # the paper's abstract


@dataclass(frozen=True)
class Everything:
    """All columns of the first exam: clinical, treatments, volumes, territories, radiomics; (N, P), NaN unknown."""

    x: Array
    events: NDArray[np.bool_]


@dataclass(frozen=True)
class HeldOut:
    """``probabilities`` (repeats, N), ``folds`` (repeats, N) and ``events`` (repeats, N); synthetic rows last."""

    probabilities: Array
    folds: NDArray[np.intp]
    events: NDArray[np.bool_]
    real: int


def everything(cohort: Cohort, definition: ExpansionDefinition) -> Everything:
    """The paper's independent variables of the patients with follow-ups. Raises CohortTooSmallError."""
    clinical = tuple(feature for feature in CLINICAL if feature.name != "log_onset_to_ct_h")
    onset = Feature("onset_h", "hours from onset to CT", ("onset_to_first_exam_h",), _onset_h)
    design = expansion_design(cohort, (*clinical, onset), definition)
    chosen = set(design.patients)
    imaging = _imaging([patient for patient in cohort.patients if patient.patient_id in chosen])
    return Everything(np.hstack([design.x, imaging]), design.events)


def _onset_h(inputs: AdmissionInputs) -> float | None:
    return inputs.onset_to_first_exam_h


def _imaging(patients: Sequence[CohortPatient]) -> Array:
    rows: list[dict[str, float]] = []
    for patient in patients:
        exam = patient.exams[0]
        row = {"haematoma_ml": exam.haematoma_ml, "oedema_ml": exam.oedema_ml}
        for lesion, territories in (("hm", exam.haematoma_territories), ("ed", exam.oedema_territories)):
            row |= {f"{lesion}_{place}": share for place, share in territories.items()}
        for lesion, radiomics in (("hm", exam.haematoma_radiomics), ("ed", exam.oedema_radiomics)):
            found = (radiomics.shape | radiomics.first_order) if radiomics else {}
            row |= {f"{lesion}_{name}": value for name, value in found.items()}
        rows.append(row)
    columns = sorted(set().union(*rows))
    return np.array([[row.get(name, np.nan) for name in columns] for row in rows])


def leaky(data: Everything, repeats: int, folds: int, seed: int) -> HeldOut:
    """Everything is prepared and oversampled on all patients; only then is split."""
    prepared = make_pipeline(*(step for _, step in preparation(vif=True))).fit_transform(data.x)
    probabilities, places, events = [], [], []
    with threadpool_limits(1):
        for repeat in tqdm(range(repeats), desc="oversampled before the split", unit="repeat", disable=None):
            sampler = BorderlineSMOTE(random_state=seed + repeat)
            x, y = sampler.fit_resample(prepared, data.events.astype(int))
            held_out, place = np.zeros(len(y)), np.zeros(len(y), np.intp)
            splits = StratifiedKFold(folds, shuffle=True, random_state=seed + repeat).split(x, y)
            for fold, (train, test) in enumerate(splits):
                model = LogisticRegression(max_iter=2000).fit(x[train], y[train])
                held_out[test], place[test] = model.predict_proba(x[test])[:, 1], fold
            probabilities.append(held_out)
            places.append(place)
            events.append(y.astype(bool))
    return HeldOut(np.stack(probabilities), np.stack(places), np.stack(events), len(data.x))


def honest(data: Everything, repeats: int, folds: int, seed: int) -> HeldOut:
    """The same steps, each learned from the training patients of its fold alone."""
    probabilities = np.zeros((repeats, len(data.x)))
    places = np.zeros((repeats, len(data.x)), np.intp)
    with threadpool_limits(1):
        for repeat in tqdm(range(repeats), desc="oversampled inside the folds", unit="repeat", disable=None):
            splits = StratifiedKFold(folds, shuffle=True, random_state=seed + repeat).split(data.x, data.events)
            for fold, (train, test) in enumerate(splits):
                pipeline = Pipeline(paper_steps(seed + repeat)).fit(data.x[train], data.events[train].astype(int))
                probabilities[repeat, test] = pipeline.predict_proba(data.x[test])[:, 1]
                places[repeat, test] = fold
    return HeldOut(probabilities, places, np.tile(data.events, (repeats, 1)), len(data.x))


def real_patients(held_out: HeldOut) -> HeldOut:
    """The real patients alone of a leaky run: the others never existed."""
    real = held_out.real
    return HeldOut(held_out.probabilities[:, :real], held_out.folds[:, :real], held_out.events[:, :real], real)
