"""``train``: data set in, resumable run folder out."""

import argparse
import json
from pathlib import Path

from services.ct_segmentation.training.framed_slices import framed_slices
from services.ct_segmentation.training.loop import TrainingConfig, train
from services.ct_segmentation.training.splits import SPLITS_FOLDER, read_split

HELP = "train the network; a killed run goes on from its last checkpoint when started again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    default = TrainingConfig()
    parser.add_argument("--data", type=Path, required=True, help="folder with slices.zip in the PHE-SICH layout")
    parser.add_argument("--run", type=Path, default=Path("runs/ct_segmentation"), help="folder of log and checkpoint")
    parser.add_argument("--cache", type=Path, default=Path("runs/ct_cache"), help="folder of the decoded slices")
    parser.add_argument("--splits", type=Path, default=SPLITS_FOLDER, help="folder with train.txt and validation.txt")
    parser.add_argument("--steps", type=int, default=default.steps, help="optimiser steps")
    parser.add_argument("--batch", type=int, default=default.batch, help="slices per step")
    parser.add_argument("--seed", type=int, default=default.seed, help="seed of weights, batches and dropout")
    parser.add_argument("--threads", type=int, default=default.threads, help="CPU threads")
    parser.add_argument("--max-minutes", type=float, help="cool down and end by then even if steps are left")


def run(args: argparse.Namespace) -> int:
    """Train and print the validation figures as JSON."""
    data = framed_slices(args.data, args.cache)
    config = TrainingConfig(
        steps=args.steps, batch=args.batch, seed=args.seed, threads=args.threads, max_minutes=args.max_minutes
    )
    training = data.of(read_split("train", args.splits))
    validation = data.of(read_split("validation", args.splits))
    print(json.dumps(train(training, validation, args.run, config), indent=2))
    return 0
