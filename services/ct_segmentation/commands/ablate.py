"""``ablate``: the same short training with each part of the imbalance module off, as a table."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from services.ct_segmentation.training.ablation import AblationData, ablate, as_markdown, variants
from services.ct_segmentation.training.composed.cache import training_scans, validation_scans
from services.ct_segmentation.training.config import CONFIGS_FOLDER, TrainingConfig, read_config
from services.ct_segmentation.training.framed_slices import framed_slices
from services.ct_segmentation.training.splits import SPLITS_FOLDER, read_split

HELP = "train briefly with all parts of the imbalance module and with each one off; compare on validation patients"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--data", type=Path, required=True, help="folder with slices.zip in the PHE-SICH layout")
    parser.add_argument("--composed", type=Path, help="folder that `compose` wrote; teaches the types (default: none)")
    parser.add_argument(
        "--config", type=Path, default=CONFIGS_FOLDER / "ablation.toml", help="TOML of training/config.py"
    )
    parser.add_argument("--run", type=Path, default=Path("runs/ct_ablation"), help="folder of all runs and the table")
    parser.add_argument("--cache", type=Path, default=Path("runs/ct_cache"), help="folder of the decoded slices")
    parser.add_argument("--splits", type=Path, default=SPLITS_FOLDER, help="folder with train.txt and validation.txt")
    parser.add_argument("--steps", type=int, help="optimiser steps of each training")
    parser.add_argument(
        "--only", nargs="+", choices=list(variants(TrainingConfig())), metavar="VARIANT", help="default: all variants"
    )


def run(args: argparse.Namespace) -> int:
    """Train what is not trained yet; the report as JSON, a table of it on standard error."""
    config = read_config(args.config)
    if args.steps is not None:
        config = replace(config, steps=args.steps)
    slices = framed_slices(args.data, args.cache)
    data = AblationData(
        real=slices.of(read_split("train", args.splits)),
        composed=training_scans(args.composed) if args.composed else None,
        real_validation=slices.of(read_split("validation", args.splits)),
        composed_validation=validation_scans(args.composed) if args.composed else None,
    )
    chosen = args.only or list(variants(config))
    report = ablate(data, config, args.run, chosen, lambda name: print(f"\n{name}", file=sys.stderr))
    (args.run / "ablation.json").write_text(json.dumps(report, indent=2) + "\n")
    print(as_markdown(report), file=sys.stderr)
    print(json.dumps(report, indent=2))
    return 0
