from pathlib import Path

import numpy as np

from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.evaluation.reproduction import reproduce
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.training.paper_protocol import Everything, everything, honest, leaky, real_patients
from shared.evaluation.scores import roc_auc
from tests.fixtures.risk_cohort import write_cohort


def noise(seed: int) -> Everything:
    """Columns that know nothing of a rare event."""
    rng = np.random.default_rng(seed)
    return Everything(rng.normal(size=(90, 25)), np.arange(90) < 20)


def test_on_noise_the_leak_makes_skill_and_the_honest_protocol_does_not() -> None:
    cohorts = [noise(seed) for seed in range(4)]
    before = [leaky(cohort, 1, 5, seed=1) for cohort in cohorts]
    inside = [honest(cohort, 1, 5, seed=1) for cohort in cohorts]
    made_up, left = (
        np.mean([roc_auc(run.events[0], run.probabilities[0]) for run in runs]) for runs in (before, inside)
    )
    assert made_up > 0.7
    assert abs(left - 0.5) < 0.1


def test_real_patients_come_first_and_keep_their_labels() -> None:
    before = leaky(noise(0), 2, 5, seed=1)
    assert before.events.shape[1] == 2 * 70  # as many events as others
    real = real_patients(before)
    np.testing.assert_array_equal(real.events, np.tile(noise(0).events, (2, 1)))
    assert before.events[:, 90:].all()


def test_the_paper_had_treatments_territories_and_radiomics_of_both_lesions(tmp_path: Path) -> None:
    data = everything(read_cohort(write_cohort(tmp_path, patients=60)), ExpansionDefinition())
    # 12 clinical, onset, 7 treatments, 2 volumes, 2 x 10 territories, 2 x 9 made-up radiomics
    assert data.x.shape == (54, 13 + 7 + 2 + 20 + 18)
    assert not np.isnan(data.x).any()


def test_the_report_names_the_leak_and_the_printed_figures(tmp_path: Path) -> None:
    cohort = read_cohort(write_cohort(tmp_path, patients=60))
    report = reproduce(cohort, ExpansionDefinition(), repeats=1, folds=3, seed=1)
    assert "leak" in report.notes[0]
    printed = report.tables["expansion"][0]
    assert (printed["accuracy"].value, printed["recall"].value, printed["auc"].value) == (0.848, 0.821, 0.91)  # type: ignore[union-attr]
    assert {"leaky_auc", "honest_auc"} <= report.metrics.keys()
