import zipfile
from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.training.phe_sich import Box, DatasetError, PheSichArchive, read_patient_list
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

LESION = Lesion(row=200, column=340, slices=(2, 3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    heads = {"0007": draw_head(LESION, slices=5), "0002": draw_head(slices=4, seed=1)}
    return write_archive(tmp_path_factory.mktemp("data"), heads)


def test_patients_are_sorted_and_slices_run_from_the_base(folder: Path) -> None:
    archive = PheSichArchive(folder)
    assert archive.patients == ["0002", "0007"]
    assert archive.read("0007").slices == ("0007_00", "0007_01", "0007_02", "0007_03", "0007_04")


def test_images_outlines_and_boxes_are_turned_upright_together(folder: Path) -> None:
    drawn, head = draw_head(LESION, slices=5), PheSichArchive(folder).read("0007")
    assert np.array_equal(head.windowed, drawn.windowed)
    assert np.array_equal(head.oedema, drawn.oedema)
    assert head.boxes[2] == (Box(*LESION.box),)
    assert head.boxes[0] == ()
    assert head.lesion.tolist() == [False, False, True, True, False]


def test_a_folder_without_the_archive_or_with_a_broken_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"No slices\.zip"):
        PheSichArchive(tmp_path)
    (tmp_path / "slices.zip").write_bytes(b"not a zip")
    with pytest.raises(DatasetError, match="not a readable zip"):
        PheSichArchive(tmp_path)
    with zipfile.ZipFile(tmp_path / "slices.zip", "w") as archive:
        archive.writestr("other/file.txt", "")
    with pytest.raises(DatasetError, match=r"holds no images"):
        PheSichArchive(tmp_path)


def test_a_patient_that_is_not_there_is_named(folder: Path) -> None:
    archive = PheSichArchive(folder)
    assert archive.choose(None) == ["0002", "0007"]
    assert archive.choose(["0007"]) == ["0007"]
    with pytest.raises(DatasetError, match="0099"):
        archive.choose(["0007", "0099"])


def test_a_list_of_patients_skips_comments_and_must_not_be_empty(tmp_path: Path) -> None:
    listed = tmp_path / "test.txt"
    listed.write_text("# made by hand\n0001\n\n0002\n")
    assert read_patient_list(listed) == ["0001", "0002"]
    listed.write_text("# nobody\n")
    with pytest.raises(DatasetError, match="names no patient"):
        read_patient_list(listed)
    with pytest.raises(DatasetError, match="No list"):
        read_patient_list(tmp_path / "absent.txt")
