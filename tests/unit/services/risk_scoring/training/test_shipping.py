from pathlib import Path

import numpy as np
import pytest

from services.risk_scoring.cohort.inputs import admission_inputs, follow_up_inputs
from services.risk_scoring.cohort.patients import Cohort
from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.expansion.predict import predict_expansion
from services.risk_scoring.outcome.predict import predict_outcome
from services.risk_scoring.scorecard.card import load_model
from services.risk_scoring.training.candidates import BOOSTING
from services.risk_scoring.training.nested import fit
from services.risk_scoring.training.procedure import SPECS, FinalModel, ModelSpec
from services.risk_scoring.training.shipping import as_scorecard, write_model
from tests.fixtures.risk_cohort import change_cell, write_cohort

PAPERS = {"data": "made up", "definition": "d", "procedure": "p", "figures": {}}


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    folder = write_cohort(tmp_path_factory.mktemp("cohort"), patients=70)
    change_cell(folder / "radiomics_haematoma.csv", 5, "exam_id", "1")  # one patient without radiomics
    change_cell(folder / "patients.csv", 6, "blood_pressure_mmhg", "")
    return read_cohort(folder)


def every_family(cohort: Cohort, spec: ModelSpec) -> FinalModel:
    """An equal blend of one candidate of each additive family, fitted."""
    design = spec.design(cohort, ExpansionDefinition())
    families = {c.family: c for c in spec.candidates(False) if c.family != BOOSTING}
    rows = np.arange(len(design.levels))
    blend = tuple((1 / len(families), candidate) for candidate in families.values())
    return FinalModel(design, blend, tuple(fit(design, candidate, rows) for _, candidate in blend))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_what_is_served_answers_like_what_was_fitted(spec: ModelSpec, cohort: Cohort, tmp_path: Path) -> None:
    final = every_family(cohort, spec)
    write_model(as_scorecard(final, spec.by_name, spec.levels), tmp_path / spec.name, "9.9", PAPERS)
    model = load_model(spec.name, tmp_path)
    fitted = final.predict(final.design)
    patients = {patient.patient_id: patient for patient in cohort.patients}
    for name, expected in zip(final.design.patients, fitted, strict=True):
        if spec.name.startswith("expansion"):
            served = [predict_expansion(admission_inputs(patients[name]), model).probability]
            expected = expected[1:]
        else:
            give = follow_up_inputs if spec.name.endswith("follow_up") else admission_inputs
            served = list(predict_outcome(give(patients[name]), model).probabilities)
        np.testing.assert_allclose(served, expected, atol=1e-6)


def test_a_new_version_replaces_the_files_of_the_old(cohort: Cohort, tmp_path: Path) -> None:
    spec = SPECS[1]
    card = as_scorecard(every_family(cohort, spec), spec.by_name, spec.levels)
    for version in ("1.0.0", "1.1.0"):
        write_model(card, tmp_path / spec.name, version, PAPERS)
    assert sorted(file.name for file in (tmp_path / spec.name).iterdir()) == [
        "expansion_clinical-1.1.0.json",
        "manifest.json",
    ]
    assert load_model(spec.name, tmp_path).manifest.version == "1.1.0"
