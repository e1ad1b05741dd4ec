"""``estimate``: the heart rate in one face video, or why there is none."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from services.heart_rate.estimate import estimate
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.plots import FORMATS, draw_plots
from services.heart_rate.result import HeartRateEstimate
from services.heart_rate.sessions import traces_of

HELP = "heart rate, breathing and variability from a video of a face; research use only, no medical device"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("video", type=Path, help="video file of a face, 15 s or longer")
    parser.add_argument("--json", action="store_true", help="print all that is known as JSON instead of one sentence")
    parser.add_argument("--plots", type=Path, help="folder to draw pulse wave, spectrum and trend into (default: none)")
    parser.add_argument("--format", choices=FORMATS, default="png", help="of the plots")
    parser.add_argument("--models", type=Path, help="folder of the face detector (default: where it is fetched to)")
    parser.add_argument("--threads", type=int, default=2, help="threads that decode the video")


def run(args: argparse.Namespace) -> int:
    """Print the estimate; progress goes to standard error."""
    detector = FaceDetector.load(args.models)
    with tqdm(total=1.0, desc="reading", bar_format="{l_bar}{bar}| {elapsed}", disable=None) as bar:
        traces = traces_of(args.video, detector, lambda share: _show(bar, share), args.threads)
        _show(bar, 1.0)
    said = estimate(traces)
    if args.plots:
        for path in draw_plots(said, args.plots, args.format):
            print(f"drew {path}", file=sys.stderr)
    print(json.dumps(said.model_dump(mode="json"), indent=2) if args.json else _sentence(said))
    return 0


def _show(bar: "tqdm[None]", share: float) -> None:
    bar.update(share - bar.n)


def _sentence(said: HeartRateEstimate) -> str:
    if said.bpm is None:
        return f"Heart rate withheld: {said.reason} (confidence {said.confidence:.2f})."
    return f"{said.bpm:.1f} bpm ({said.bpm_low:.1f} to {said.bpm_high:.1f}, confidence {said.confidence:.2f})."
