"""``calibrate-confidence``: fit the confidence on generated recordings and write its coefficients."""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.heart_rate.quality.confidence import COEFFICIENTS_FILE, model_of
from services.heart_rate.training.examples import Examples, load, save, video_examples, wave_examples
from services.heart_rate.training.fit import figures, fitted

HELP = "fit the confidence on generated recordings, measure it on others, and write the coefficients"

NOTE = (
    "Fitted by `python -m services.heart_rate calibrate-confidence` on generated recordings and waves of seed {seed}; "
    "the figures are on others, of seed {other}. Generated data throughout: no figure here is a clinical accuracy."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--each", type=int, default=200, help="recordings of each kind to fit on")
    parser.add_argument("--waves", type=int, default=1000, help="wearables' waves to fit on")
    parser.add_argument("--seed", type=int, default=1, help="of the examples to fit on; the others take the next")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)), help="processes")
    parser.add_argument("--examples", type=Path, help="folder to keep the examples in, and to take them from")
    parser.add_argument("--out", type=Path, default=COEFFICIENTS_FILE, help="file of coefficients to write")


def run(args: argparse.Namespace) -> int:
    """Generate, estimate, fit, write; print the figures on the other examples as JSON."""
    other = args.seed + 1
    kinds: dict[str, tuple[Callable[[int, int, int], Examples], int, str | None]] = {
        "video": (video_examples, args.each, "still"),
        "wave": (wave_examples, args.waves, None),
    }
    written: dict[str, Any] = {"note": NOTE.format(seed=args.seed, other=other)}
    for kind, (make, count, usual) in kinds.items():
        entry = fitted(_examples(make, kind, args.seed, count, args), usual)
        # Half as many to measure on.
        entry["figures"] = figures(model_of(entry), _examples(make, kind, other, (count + 1) // 2, args))
        written[kind] = entry
    args.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({kind: written[kind]["figures"] for kind in kinds}, indent=2))
    return 0


def _examples(
    make: Callable[[int, int, int], Examples], kind: str, seed: int, count: int, args: argparse.Namespace
) -> Examples:
    kept = args.examples / f"{kind}-{seed}-{count}.npz" if args.examples else None
    if kept and kept.is_file():
        return load(kept)
    examples = make(seed, count, args.workers)
    if kept:
        save(examples, kept)
    return examples
