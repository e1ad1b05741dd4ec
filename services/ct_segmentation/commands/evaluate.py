"""``evaluate``: the shipped model on a folder of labelled slices."""

import argparse
import json
import sys
from pathlib import Path

from services.ct_segmentation.evaluation.evaluate import observe_heads, report_on
from services.ct_segmentation.evaluation.pictures.draw import draw_pictures
from services.ct_segmentation.network import WEIGHTS_FOLDER, HaemorrhageNetwork
from services.ct_segmentation.training.phe_sich import read_patient_list

HELP = "patient- and slice-level figures with 95 % intervals, as numbers and as pictures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--data", type=Path, required=True, help="folder with slices.zip in the PHE-SICH layout")
    parser.add_argument("--patients", type=Path, help="text file with one patient id a line (default: all patients)")
    parser.add_argument("--report", type=Path, default=Path("report.json"), help="file to write the figures to")
    parser.add_argument("--figures", type=Path, help="folder to draw pictures into (default: none are drawn)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FOLDER, help="folder with manifest and model file")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all that the process may use)")


def run(args: argparse.Namespace) -> int:
    """Evaluate, draw, print the report as JSON and a table of it on standard error."""
    patients = read_patient_list(args.patients) if args.patients else None
    network = HaemorrhageNetwork.load(args.weights, threads=args.threads)
    heads = observe_heads(network, args.data, patients)
    report = report_on(network, heads)
    report.write(args.report)
    if args.figures:
        for picture in draw_pictures(heads, network.thresholds, f"{network.name} {network.version}", args.figures):
            print(f"drew {picture}", file=sys.stderr)
    print(report.as_table(), file=sys.stderr)
    print(json.dumps(report.as_json(), indent=2))
    return 0
