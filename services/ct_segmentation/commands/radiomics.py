"""``radiomics``: the shape features of real bleeds beside those that a published cohort lists."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from services.ct_segmentation.evaluation.bleed_masks import BleedMasks
from services.ct_segmentation.evaluation.radiomics_agreement import DEFINITION, agreement, isotropic, read_cohort
from services.ct_segmentation.measurements import bounding_box
from services.ct_segmentation.radiomics.shape import shape_features
from shared.evaluation.report import EvaluationReport

HELP = "compare the shape features of bleed masks with a cohort's table of pyradiomics features"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--masks", type=Path, required=True, help="folder with zip files of NIfTI masks")
    parser.add_argument("--cohort", type=Path, required=True, help="CSV file with pyradiomics' columns, a row per exam")
    parser.add_argument("--step-mm", type=float, help="first resample the masks to cubes of this size")


def run(args: argparse.Namespace) -> int:
    """Measure every mask, print the comparison as JSON and a table of it on standard error."""
    cohort = read_cohort(args.cohort)
    masks = BleedMasks.open(args.masks)
    measured = []
    for bleed in tqdm(masks, desc="measuring", unit="mask", disable=None):
        mask, affine = bleed.mask[bounding_box(bleed.mask)], bleed.affine
        if args.step_mm and mask.size:
            mask, affine = isotropic(mask, affine, args.step_mm)
            mask = mask[bounding_box(mask)]
        if mask.size:
            measured.append(shape_features(mask, affine))
    grid = f"cubes of {args.step_mm} mm" if args.step_mm else "as acquired"
    data = {"masks": len(measured), "empty_masks": len(masks) - len(measured), "grid": grid, "cohort": len(cohort)}
    report = EvaluationReport(model={"name": "marching cubes, principal axes"}, data=data)
    report.add_table("shape", agreement(measured, cohort), DEFINITION)
    print(report.as_table(), file=sys.stderr)
    print(json.dumps(report.as_json(), indent=2))
    return 0
