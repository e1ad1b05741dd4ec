"""``evaluate``: how right the rates are that are given, and how often one is withheld."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from services.heart_rate.evaluation import data_sets, generated_suite
from services.heart_rate.evaluation.case import Case
from services.heart_rate.evaluation.figures import report_on
from services.heart_rate.evaluation.pictures import draw_pictures
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.generated.suite import CONDITIONS, clips

HELP = "error where a rate is given, coverage, and what is given out wrongly, with 95 % intervals, as JSON"

_GENERATED_NOTE = (
    "Generated videos: one portrait, recoloured, with a painted pulse and a simulated camera. The figures tell whether "
    "the code does what it should; they are no clinical accuracy."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--dataset", choices=("generated", *data_sets.READERS), default="generated", help="what to read"
    )
    parser.add_argument("--data", type=Path, help="folder of the data set (not for the generated suite)")
    parser.add_argument("--each", type=int, default=6, help="generated clips of each condition")
    parser.add_argument(
        "--condition", nargs="+", default=(), choices=[c.name for c in CONDITIONS], help="only these conditions"
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a generated clip")
    parser.add_argument("--seed", type=int, default=2026, help="of the generated suite")
    parser.add_argument("--traces", type=Path, help="folder to keep the clips' traces in, and to take them from")
    parser.add_argument("--report", type=Path, help="file to write the figures to as well")
    parser.add_argument("--figures", type=Path, help="folder to draw pictures into (default: none are drawn)")
    parser.add_argument("--cases", action="store_true", help="list every recording in the JSON, too")
    parser.add_argument("--models", type=Path, help="folder of the face detector (default: where it is fetched to)")


def run(args: argparse.Namespace) -> int:
    """Evaluate, draw, print the report as JSON and a table of it on standard error."""
    if (args.dataset == "generated") == (args.data is not None):
        said = {"code": "bad_options", "detail": "A data set needs --data, and the generated suite takes none."}
        print(json.dumps(said), file=sys.stderr)
        return 2
    generated = args.dataset == "generated"
    cases = list(_of_suite(args) if generated else _of_dataset(args))
    note = (
        _GENERATED_NOTE if generated else f"Data set {args.dataset}; the truth is the contact sensor's spectral peak."
    )
    report = report_on(cases, {"name": args.dataset, **({"seed": args.seed} if generated else {})}, note)
    if args.report:
        report.write(args.report)
    if args.figures:
        for picture in draw_pictures(cases, f"Heart rate from video: {args.dataset}", args.figures, note):
            print(f"drew {picture}", file=sys.stderr)
    print(report.as_table(), file=sys.stderr)
    listed = {"cases": [case.as_json() for case in cases]} if args.cases else {}
    print(json.dumps({**report.as_json(), **listed}, indent=2))
    return 0


def _of_suite(args: argparse.Namespace) -> Iterator[Case]:
    detector = FaceDetector.load(args.models)
    for clip in tqdm(clips(args.each, tuple(args.condition), args.seed, args.seconds), desc="clips", disable=None):
        yield generated_suite.judge(clip, detector, args.traces)


def _of_dataset(args: argparse.Namespace) -> Iterator[Case]:
    detector = FaceDetector.load(args.models)
    recordings = list(data_sets.READERS[args.dataset](args.data))
    for recording in tqdm(recordings, desc=args.dataset, disable=None):
        yield data_sets.judge(recording, args.dataset, detector)
