"""``export``: a finished run becomes the shipped ONNX file with its manifest."""

import argparse
import json
from pathlib import Path

from services.ct_segmentation.network import WEIGHTS_FOLDER
from services.ct_segmentation.training.release import Release, release
from services.ct_segmentation.training.splits import SPLITS_FOLDER

HELP = "export, quantize, choose thresholds on validation patients, measure on test patients, ship"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--data", type=Path, required=True, help="folder with slices.zip in the PHE-SICH layout")
    parser.add_argument("--composed", type=Path, help="the composed scans that the run was trained with, if any")
    parser.add_argument("--run", type=Path, default=Path("runs/ct_segmentation"), help="folder of the training run")
    parser.add_argument("--cache", type=Path, default=Path("runs/ct_cache"), help="folder of the decoded slices")
    parser.add_argument("--splits", type=Path, default=SPLITS_FOLDER, help="folder with the lists of patients")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FOLDER, help="folder to ship to")
    parser.add_argument("--version", default="1.0.0", help="version of the shipped model")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all that the process may use)")


def run(args: argparse.Namespace) -> int:
    """Release and print what was shipped, with its figures, as JSON."""
    plan = Release(
        args.run, args.data, args.cache, args.splits, args.weights, args.version, args.threads, args.composed
    )
    print(json.dumps(release(plan), indent=2))
    return 0
