"""``compose``: real heads and bleed shapes in, training, validation and test scans with exactly known masks out."""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from services.ct_segmentation.nifti_output import write_nifti
from services.ct_segmentation.training.composed.cache import (
    TEST,
    TRAINING,
    VALIDATION,
    Materials,
    compose_slices,
    summary,
)
from services.ct_segmentation.training.composed.compose import ComposedScan, compose_scan
from services.ct_segmentation.training.composed.head_sources import cq500_head
from services.ct_segmentation.training.splits import SPLITS_FOLDER, read_split

HELP = "lay bleeds of real or generated shape into real bleed-free heads, to train and measure types and volumes"

# Far from the training seed, so that no scan is drawn twice.
VALIDATION_SEED, VOLUME_SEED, TEST_SEED = 10_000, 20_000, 30_000
SLICE_MM = {"thin": 0.6, "5mm": 5.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--cq500", type=Path, required=True, help="zip with the bleed-free DICOM study CQ500-CT-0")
    parser.add_argument("--shapes", type=Path, required=True, help="folder with HemSeg's zips of NIfTI masks")
    parser.add_argument("--data", type=Path, required=True, help="folder with slices.zip in the PHE-SICH layout")
    parser.add_argument("--out", type=Path, default=Path("runs/composed"), help="folder to write to; made when missing")
    parser.add_argument("--splits", type=Path, default=SPLITS_FOLDER, help="folder with the lists of patients")
    parser.add_argument("--scans", type=int, default=240, help="training scans; a third are whole CQ500 heads")
    parser.add_argument("--validation-scans", type=int, default=60, help="validation scans")
    parser.add_argument("--test-scans", type=int, default=60, help="scans for `evaluate-types`")
    parser.add_argument("--seed", type=int, default=1, help="seed of everything drawn")
    parser.add_argument(
        "--volumes", type=int, default=0, help="also write this many CQ500 scans as NIfTI, thin and 5 mm, with labels"
    )


def run(args: argparse.Namespace) -> int:
    """Make the sets that are missing and print their counts as JSON."""
    cv2.setNumThreads(1)  # the images are small: threads cost more than they bring
    materials = Materials.read(args.cq500, args.shapes, args.data)
    wanted = (
        (TRAINING, args.scans, args.seed),
        (VALIDATION, args.validation_scans, args.seed + VALIDATION_SEED),
        (TEST, args.test_scans, args.seed + TEST_SEED),
    )
    counts = {
        part: summary(compose_slices(materials, read_split(part, args.splits), args.out / part, scans, seed))
        for part, scans, seed in wanted
    }
    if args.volumes:
        _write_volumes(materials, args)
    print(json.dumps({"note": "generated data", **counts}, indent=2))
    return 0


def _write_volumes(materials: Materials, args: argparse.Namespace) -> None:
    """Whole heads with a bleed each: HU and labels as NIfTI, and the exact volumes as JSON."""
    folder = args.out / "volumes"
    folder.mkdir(parents=True, exist_ok=True)
    native = cq500_head(args.cq500, merge=1)
    truth: dict[str, dict[str, float]] = {}
    index = 0
    with tqdm(total=args.volumes, desc="volumes", unit="scan") as bar:
        while len(truth) < args.volumes:
            scans = {
                name: compose_scan([native], materials.shapes, args.seed + VOLUME_SEED, index, slice_mm)
                for name, slice_mm in SLICE_MM.items()
            }
            index += 1
            volumes = scans["thin"].volumes_ml
            if not volumes:
                continue
            for name, scan in scans.items():
                _write(folder, f"{index:03d}-{name}", scan)
            truth[f"{index:03d}"] = {label.name: ml for label, ml in volumes.items()}
            bar.update()
    (folder / "volumes_ml.json").write_text(json.dumps({"note": "generated data", "scans": truth}, indent=2) + "\n")


def _write(folder: Path, name: str, scan: ComposedScan) -> None:
    slice_mm, row_mm, column_mm = scan.spacing_mm
    affine = np.diag([column_mm, row_mm, slice_mm, 1.0])
    write_nifti(folder / f"{name}.nii.gz", scan.hu, affine)
    write_nifti(folder / f"{name}-labels.nii.gz", scan.labels, affine)
