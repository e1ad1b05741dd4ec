"""The files that serve: they are whole, hold coefficients alone, and are refused when they are not what they say."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from services.risk_scoring.oedema_course.card import (
    CLIP,
    COVARIATES,
    WEIGHTS_FOLDER,
    CourseCard,
    Variant,
    load_course_model,
    model_name,
)
from shared.inference.manifest import ModelChecksumError, ModelFileMissingError, ModelManifestError
from tests.fixtures.oedema import model_of, true_course


@pytest.mark.parametrize("variant", COVARIATES)
def test_every_shipped_model_is_whole_and_reads_what_its_variant_says(variant: Variant) -> None:
    model = load_course_model(variant)
    assert tuple(scale.name for scale in model.card.covariates) == COVARIATES[variant]
    assert model.manifest.name == model_name(variant)
    assert np.linalg.eigvalsh(model.card.shared.covariance).min() > -1e-6
    errors = model.manifest.figures["leave_one_out_admission"]
    assert [row["method"] for row in errors] == [f"mixed model ({variant}), mean", f"mixed model ({variant}), median"]
    assert 0 < errors[0]["mae_ml"]["low"] < errors[0]["mae_ml"]["value"] < errors[0]["mae_ml"]["high"]


@pytest.mark.parametrize("variant", COVARIATES)
def test_a_shipped_file_holds_coefficients_and_no_patient(variant: Variant) -> None:
    manifest = load_course_model(variant).manifest
    content = json.loads((WEIGHTS_FOLDER / model_name(variant) / manifest.file).read_text())
    assert set(content) == set(CourseCard.model_fields)
    size = (1 + len(COVARIATES[variant])) * len(content["knots_h"])
    assert (len(content["weights"]), len(content["covariance"])) == (size, size * (size + 1) // 2)


def test_a_changed_or_missing_file_is_refused(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS_FOLDER / model_name("volumes"), tmp_path / model_name("volumes"))
    [file] = (tmp_path / model_name("volumes")).glob("oedema_*.json")
    file.write_text(file.read_text().replace("0", "1", 1))
    with pytest.raises(ModelChecksumError):
        load_course_model("volumes", tmp_path)
    file.unlink()
    with pytest.raises(ModelFileMissingError):
        load_course_model("volumes", tmp_path)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(WEIGHTS_FOLDER / model_name("volumes"), tmp_path / model_name("volumes"))
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / manifest["file"]).write_text("{}")
    manifest |= {"sha256": hashlib.sha256(b"{}").hexdigest(), "size_bytes": 2}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelManifestError, match="is no course model"):
        load_course_model("volumes", tmp_path)


def test_weights_of_another_number_than_the_covariates_need_are_refused() -> None:
    card = model_of(true_course()).card
    with pytest.raises(ValidationError, match="36 weights"):
        CourseCard.model_validate(card.model_dump() | {"weights": card.weights[:-1]})


def test_covariates_are_standardised_the_haematoma_by_its_cube_root_and_held_within_three() -> None:
    card = model_of(true_course()).card
    seen = card.standardised({"haematoma_ml": 3.8**3, "age_years": 50.0})
    assert seen == pytest.approx([1.0, -1.0])
    assert card.standardised({"haematoma_ml": 1000.0, "age_years": 18.0}) == pytest.approx([CLIP, -CLIP])


def test_an_unknown_covariate_leaves_nothing_to_be_seen() -> None:
    assert model_of(true_course()).card.standardised({"haematoma_ml": None, "age_years": 50.0}) is None


def test_the_triangle_of_a_covariance_becomes_the_whole() -> None:
    shared = true_course()
    root = np.random.default_rng(0).normal(size=(len(shared.mean),) * 2)
    whole = root @ root.T
    read = model_of(type(shared)(shared.knots_h, shared.offset, shared.mean, whole, shared.process)).card.shared
    assert read.covariance == pytest.approx(whole)
