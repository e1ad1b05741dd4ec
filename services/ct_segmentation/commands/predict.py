"""``predict``: analyse one head CT with the shipped network."""

import argparse
import json
import sys
from pathlib import Path

from services.ct_segmentation.network import WEIGHTS_FOLDER, HaemorrhageNetwork
from services.ct_segmentation.pipeline import analyse
from services.ct_segmentation.reading.study_files import study_files_at

HELP = "outline and measure haemorrhage in one head CT (a zip, a folder of DICOM files, or a NIfTI file)"

BAR_WIDTH = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("input", type=Path, help="zip, folder of DICOM files, or .nii/.nii.gz")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to; made when missing")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FOLDER, help="folder of the model")
    parser.add_argument("--accelerator", choices=("cpu", "cuda"), default="cpu", help="where the network runs")
    parser.add_argument("--threads", type=int, default=None, help="threads of the network; by default all cores")


def run(args: argparse.Namespace) -> int:
    """Write the files and print the report as JSON; progress goes to standard error."""
    if not args.input.exists():
        print(json.dumps({"code": "input_missing", "detail": "There is nothing at the given path."}), file=sys.stderr)
        return 2
    network = HaemorrhageNetwork.load(args.weights, args.accelerator, args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    analysis = analyse(study_files_at(args.input), network, _show_progress, args.out)
    _show_progress(1.0, "done")
    result = {
        "model": {"name": network.name, "version": network.version},
        "report": analysis.report.model_dump(mode="json"),
        "files": {role: str(file.path) for role, file in analysis.files.items()},
    }
    text = json.dumps(result, indent=2)
    (args.out / "report.json").write_text(text + "\n")
    print(text)
    return 0


def _show_progress(share: float, stage: str) -> None:
    if not sys.stderr.isatty():
        return
    filled = round(BAR_WIDTH * share)
    end = "\n" if share >= 1 else ""
    bar = "#" * filled + "." * (BAR_WIDTH - filled)
    print(f"\r[{bar}] {100 * share:3.0f} % {stage:<12}", end=end, file=sys.stderr, flush=True)
