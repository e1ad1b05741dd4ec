import shutil
from pathlib import Path

import pytest

from services.risk_scoring.scorecard.card import WEIGHTS_FOLDER, load_model
from shared.inference.manifest import ModelChecksumError, ModelFileMissingError

SHIPPED = ("expansion_admission", "expansion_clinical", "outcome_admission", "outcome_follow_up")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_model_is_whole_and_needs_no_treatment(name: str) -> None:
    model = load_model(name)
    assert model.manifest.name == name
    assert not {feature.name for feature in model.card.features} & {"haemostatic_therapy", "ventricular_drainage"}
    assert not any("therapy" in feature.name for feature in model.card.features)


def test_a_changed_coefficient_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS_FOLDER / SHIPPED[0], tmp_path / SHIPPED[0])
    [card] = (tmp_path / SHIPPED[0]).glob("expansion*.json")
    card.write_text(card.read_text().replace('"coefficient": ', '"coefficient": 1', 1))
    with pytest.raises(ModelChecksumError):
        load_model(SHIPPED[0], tmp_path)


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissingError):
        load_model(SHIPPED[0], tmp_path)
