"""The kept slices of composed scans, and the command that makes them. All data is generated."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.training.composed.cache import (
    Materials,
    compose_slices,
    read_slices,
    summary,
    training_scans,
    validation_scans,
)
from services.ct_segmentation.training.phe_sich import DatasetError, PheSichArchive
from tests.fixtures.composing import bleed_shapes, ellipsoid, thin_head, write_shapes, write_study
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

PATIENTS = ("0001", "0002", "0003")
CLOT = Lesion(row=115, column=160, radius=11, rim=3, slices=(0,))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    heads = {patient: draw_head(CLOT, slices=9, seed=int(patient), size=256, scale=0.5) for patient in PATIENTS}
    return write_archive(tmp_path_factory.mktemp("phe_sich"), heads)


@pytest.fixture(scope="module")
def materials(archive: Path) -> Materials:
    return Materials(thin_head(), bleed_shapes(), PheSichArchive(archive))


def test_only_the_given_patients_lend_their_heads(materials: Materials, tmp_path: Path) -> None:
    slices = compose_slices(materials, ["0001", "0003"], tmp_path / "train", scans=10, seed=1)
    names = {name.split(":", 1)[1] for name in slices.stacks.tolist()}
    assert {name.split(":")[0] for name in names} == {"cq500", "phe_sich"}
    assert {name.split(":")[1] for name in names if name.startswith("phe_sich")} == {"0001", "0003"}


def test_slices_agree_with_their_masks_and_types(materials: Materials, tmp_path: Path) -> None:
    slices = compose_slices(materials, PATIENTS, tmp_path / "train", scans=10, seed=1)
    assert slices.images.shape == (len(slices), 256, 256)
    assert slices.masks.shape == (len(slices), 2, 256, 256)
    assert slices.known.all()
    assert slices.outlined.all()
    covered = (slices.masks[:, 0] > 127).sum(axis=(1, 2))
    # 25 mm2 in the pixels of the generated heads, which are 0.4 mm and more.
    assert covered[~slices.lesion].max() < 25 / 0.4**2
    assert (slices.masks[slices.lesion, 0] > 0).any(axis=(1, 2)).all()
    counts = summary(slices)
    assert counts["scans"] == 10
    assert counts["slices"] == len(slices)


def test_the_blood_of_each_type_lies_on_the_slices_that_hold_it_and_adds_up_to_all(
    materials: Materials, tmp_path: Path
) -> None:
    slices = compose_slices(materials, PATIENTS, tmp_path / "train", scans=10, seed=1)
    for index in range(len(slices)):
        by_type = slices.type_masks(index)
        assert (by_type.sum(axis=0, dtype=np.int64) == slices.masks[index, 0]).all()
        assert (by_type > 127).any(axis=(1, 2))[slices.types[index, 1:]].all()
        assert slices.type_masks_known(index).all()


def test_slices_are_kept_and_made_anew_for_another_seed(materials: Materials, tmp_path: Path) -> None:
    folder = tmp_path / "train"
    first = np.array(compose_slices(materials, PATIENTS, folder, scans=4, seed=1).images)
    written = (folder / "images.npy").stat().st_mtime_ns
    kept = compose_slices(materials, PATIENTS, folder, scans=4, seed=1)
    assert (folder / "images.npy").stat().st_mtime_ns == written
    assert (np.array(kept.images) == first).all()
    other = compose_slices(materials, PATIENTS, folder, scans=4, seed=2)
    assert other.images.shape != first.shape or (np.array(other.images) != first).any()


def test_a_folder_without_slices_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="compose"):
        read_slices(tmp_path)


def test_a_patient_who_is_not_there_is_refused(materials: Materials, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="0042"):
        compose_slices(materials, ["0042"], tmp_path / "train", scans=1, seed=1)


def test_the_command_makes_all_sets_and_volumes(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    splits, out = tmp_path / "splits", tmp_path / "composed"
    splits.mkdir()
    for part, patients in (("train", ("0001",)), ("validation", ("0002",)), ("test", ("0003",))):
        (splits / f"{part}.txt").write_text("\n".join(patients))
    spacing = (5.0, 1.0, 1.0)
    shapes = write_shapes(tmp_path / "shapes", [ellipsoid((12, 12, 10), spacing)], spacing)
    study = write_study(tmp_path / "study.zip")
    arguments = ["compose", "--cq500", study, "--shapes", shapes, "--data", archive, "--out", out, "--splits", splits]
    numbers = ["--scans", "4", "--validation-scans", "2", "--test-scans", "2", "--volumes", "1"]
    assert main([str(argument) for argument in arguments] + numbers) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["note"] == "generated data"
    assert printed["train"]["scans"] == 4
    parts = (training_scans(out), validation_scans(out), read_slices(out / "test"))
    trained, validated, tested = ({name.split(":")[2] for name in part.stacks} for part in parts)
    assert trained & validated | validated & tested | trained & tested <= {"study"}  # the one DICOM head
    truth = json.loads((out / "volumes" / "volumes_ml.json").read_text())["scans"]
    [(number, volumes)] = truth.items()
    labels = nib.load(out / "volumes" / f"{number}-thin-labels.nii.gz")
    found = (np.asarray(labels.dataobj) > 0).sum() * abs(np.linalg.det(labels.affine)) / 1000
    assert 0.3 * sum(volumes.values()) < found < 1.5 * sum(volumes.values())
