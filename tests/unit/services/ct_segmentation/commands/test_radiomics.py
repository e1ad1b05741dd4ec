import gzip
import json
import zipfile

import nibabel as nib
import numpy as np
import pytest

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.evaluation.radiomics_agreement import COLUMN_PREFIX
from services.ct_segmentation.radiomics.shape import shape_features
from tests.fixtures.lesions import rippled_ellipsoid

SPACING_MM = (2.0, 0.5, 0.5)


@pytest.fixture
def masks(tmp_path):
    """A zip file with one bleed and one empty mask, and the bleed's own features as the cohort's table."""
    mask = rippled_ellipsoid(SPACING_MM, (9, 7, 11), 0.2)
    with zipfile.ZipFile(tmp_path / "masks.zip", "w") as file:
        for name, labels in (("bleed", mask), ("empty", np.zeros_like(mask))):
            image = nib.Nifti1Image(labels.T.astype(np.uint8), np.diag([*SPACING_MM[::-1], 1.0]))
            file.writestr(f"{name}.nii.gz", gzip.compress(image.to_bytes()))
    features = shape_features(mask, np.diag([*SPACING_MM[::-1], 1.0]))
    header = ",".join(COLUMN_PREFIX + name for name in features)
    (tmp_path / "cohort.csv").write_text(f"{header}\n{','.join(map(str, features.values()))}\n")
    return tmp_path


def test_a_bleed_agrees_with_itself(masks, capsys) -> None:
    code = main(["radiomics", "--masks", str(masks), "--cohort", str(masks / "cohort.csv")])

    printed = json.loads(capsys.readouterr().out)
    assert code == 0
    assert printed["data"] == {"masks": 1, "empty_masks": 1, "grid": "as acquired", "cohort": 1}
    assert [row["ratio"] for row in printed["tables"]["shape"]] == pytest.approx([1.0] * 14)


def test_another_grid_is_said_and_changes_the_surface_but_little(masks, capsys) -> None:
    main(["radiomics", "--masks", str(masks), "--cohort", str(masks / "cohort.csv"), "--step-mm", "1"])

    printed = json.loads(capsys.readouterr().out)
    assert printed["data"]["grid"] == "cubes of 1.0 mm"
    ratios = {row["feature"]: row["ratio"] for row in printed["tables"]["shape"]}
    assert ratios["SurfaceArea"] != 1
    assert ratios["SurfaceArea"] == pytest.approx(1, abs=0.15)


def test_a_folder_without_masks_ends_with_its_code_as_json(tmp_path, masks, capsys) -> None:
    (tmp_path / "elsewhere").mkdir()

    code = main(["radiomics", "--masks", str(tmp_path / "elsewhere"), "--cohort", str(masks / "cohort.csv")])

    assert code == 2
    assert json.loads(capsys.readouterr().err)["code"] == "dataset_file_missing"
