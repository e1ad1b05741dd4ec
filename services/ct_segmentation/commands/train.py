"""``train``: data sets in, resumable run folder out."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from services.ct_segmentation.training.composed.cache import training_scans, validation_scans
from services.ct_segmentation.training.config import CONFIGS_FOLDER, read_config
from services.ct_segmentation.training.framed_slices import framed_slices
from services.ct_segmentation.training.imbalance.config import PARTS
from services.ct_segmentation.training.loop import train
from services.ct_segmentation.training.splits import SPLITS_FOLDER, read_split

HELP = "train the network; a killed run goes on from its last checkpoint when started again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command; those named like a setting replace it."""
    parser.add_argument("--data", type=Path, required=True, help="folder with slices.zip in the PHE-SICH layout")
    parser.add_argument("--composed", type=Path, help="folder that `compose` wrote; teaches the types (default: none)")
    parser.add_argument(
        "--config", type=Path, default=CONFIGS_FOLDER / "default.toml", help="TOML of training/config.py"
    )
    parser.add_argument("--run", type=Path, default=Path("runs/ct_segmentation"), help="folder of log and checkpoint")
    parser.add_argument("--start-from", type=Path, help="an earlier run whose weights are the first of this one")
    parser.add_argument("--cache", type=Path, default=Path("runs/ct_cache"), help="folder of the decoded slices")
    parser.add_argument("--splits", type=Path, default=SPLITS_FOLDER, help="folder with train.txt and validation.txt")
    parser.add_argument("--without", choices=PARTS, help="turn off one part of the imbalance module: an ablation")
    parser.add_argument("--steps", type=int, help="optimiser steps")
    parser.add_argument("--seed", type=int, help="seed of weights, batches and dropout")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="where to compute, in bf16 on both")
    parser.add_argument("--max-minutes", type=float, help="cool down and end by then even if steps are left")


def run(args: argparse.Namespace) -> int:
    """Train and print the validation figures as JSON."""
    given = {name: getattr(args, name) for name in ("steps", "seed", "threads", "device", "max_minutes")}
    config = replace(read_config(args.config), **{name: value for name, value in given.items() if value is not None})
    if args.without is not None:
        config = replace(config, imbalance=config.imbalance.without(args.without))
    data = framed_slices(args.data, args.cache)
    training = data.of(read_split("train", args.splits))
    validation = data.of(read_split("validation", args.splits))
    composed = None
    if args.composed is not None:
        composed = training_scans(args.composed)
        validation = validation.joined_with(validation_scans(args.composed))
    print(json.dumps(train(training, composed, validation, args.run, config, args.start_from), indent=2))
    return 0
