"""``split``: deal the patients of a data set into training, validation and test, once."""

import argparse
import json
from pathlib import Path

from services.ct_segmentation.training.phe_sich import PheSichArchive
from services.ct_segmentation.training.splits import SPLITS_FOLDER, split_patients, write_splits

HELP = "write the fixed lists of training, validation and test patients"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--data", type=Path, required=True, help="folder with slices.zip in the PHE-SICH layout")
    parser.add_argument("--splits", type=Path, default=SPLITS_FOLDER, help="folder to write to")
    parser.add_argument("--test", type=int, default=19, help="number of test patients")
    parser.add_argument("--validation", type=int, default=8, help="number of validation patients")
    parser.add_argument("--seed", type=int, default=2026, help="seed of the shuffle")


def run(args: argparse.Namespace) -> int:
    """Write the lists and print them as JSON."""
    split = split_patients(PheSichArchive(args.data).patients, args.test, args.validation, args.seed)
    origin = f"PHE-SICH-CT-IDS; split --test {args.test} --validation {args.validation} --seed {args.seed}"
    write_splits(split, args.splits, origin)
    print(json.dumps(split))
    return 0
