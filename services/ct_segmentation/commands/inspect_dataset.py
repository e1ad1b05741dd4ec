"""``inspect-dataset``: read a public data set as training would, and count what is in it."""

import argparse
import json
from pathlib import Path

from tqdm import tqdm

from services.ct_segmentation.training.datasets.registry import DATASETS, open_dataset
from services.ct_segmentation.training.datasets.summary import summarise

HELP = "count studies, types and spacings of a public data set, and what of it cannot be used"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("name", choices=sorted(DATASETS), help="which set")
    parser.add_argument("folder", type=Path, help="folder that the set was unpacked to")
    parser.add_argument("--limit", type=int, help="read so many studies only (default: all)")
    parser.add_argument("--cache", type=Path, help="folder to keep the index of RSNA's headers in (default: none)")


def run(args: argparse.Namespace) -> int:
    """Print the counts as JSON; progress goes to standard error."""
    dataset = open_dataset(args.name, args.folder, args.cache)
    total = min(len(dataset.studies), args.limit or len(dataset.studies))
    with tqdm(total=total, desc=f"reading {args.name}", unit="study") as bar:
        summary = summarise(dataset, args.limit, lambda: bar.update() and None)
    print(json.dumps({"dataset": args.name, **summary.as_json()}, indent=2))
    return 0
