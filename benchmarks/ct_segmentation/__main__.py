"""Speed, memory and accuracy of the CT network in one run: ``python -m benchmarks.ct_segmentation --help``.

int8 (as shipped), fp32 and torch eager see the same slices in turns. Without --run, fp32 and torch carry random
weights: of the same speed, so only speed and memory are measured.
"""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from benchmarks.ct_segmentation.accuracy import compare_dice
from benchmarks.ct_segmentation.engines import served_batches, three_engines
from benchmarks.ct_segmentation.speed import measure_speed, summarise
from benchmarks.ct_segmentation.studies import windowed_slices, write_study
from benchmarks.ct_segmentation.worker_memory import measure_memory
from benchmarks.machine import describe_machine, use_cores, warn_if_busy
from benchmarks.target import Target
from services.ct_segmentation.network import WEIGHTS_FOLDER
from services.ct_segmentation.training.phe_sich import read_patient_list
from shared.errors import PlatformError


def main(arguments: list[str] | None = None) -> int:
    """Measure, write the JSON, print a table; 2 where something needed is missing."""
    args = _parser().parse_args(arguments)
    use_cores(args.threads)
    try:
        answer = measure(args)
    except PlatformError as error:
        print(json.dumps({"code": error.code, "detail": error.detail}), file=sys.stderr)
        return 2
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(answer, indent=2) + "\n")
    print(_table(answer), file=sys.stderr)
    print(json.dumps(answer, indent=2))
    return 0


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Everything that was asked for, as JSON; each part on an otherwise idle process."""
    patients = read_patient_list(args.patients) if args.patients else None
    machine = describe_machine("onnxruntime", "torch")
    warn_if_busy(machine)
    with TemporaryDirectory() as name:
        folder = Path(name)
        memory = measure_memory(write_study(args.slices, folder / "study.zip"), args.weights, args.threads)
        windowed = windowed_slices(args.slices, args.data, patients)
        batches = served_batches(args.weights, windowed, args.threads)
        engines = three_engines(args.weights, args.run, batches[0], args.threads, folder)
        rounds = (args.repeats + 1) * len(engines)
        with tqdm(total=rounds, desc="timing", unit="pass") as bar:
            times = measure_speed(engines, batches, len(windowed), args.repeats, lambda: bar.update() and None)
    speed = summarise(engines, times)
    exact = args.run / "fp32" if args.run else None
    accuracy = compare_dice(args.weights, exact, args.data, patients, args.threads) if args.data and exact else None
    return {
        "machine": machine,
        "setting": {
            "threads": args.threads,
            "slices": len(windowed),
            "passes_per_slice": sum(map(len, batches)) / len(windowed),
            "batch": len(batches[0]),
            "repeats": args.repeats,
            "slices_of": "ct_phe_sich" if args.data else "a generated head",
            "fp32_and_torch_weights": "checkpoint" if args.run else "random",
        },
        "speed": speed,
        "memory": memory,
        "accuracy": accuracy,
        "targets": [target.as_json() for target in _targets(speed, memory, accuracy)],
    }


def _targets(speed: dict[str, Any], memory: dict[str, float], accuracy: dict[str, Any] | None) -> list[Target]:
    faster = {name: times["median"] for name, times in speed["times_faster"].items()}
    loss = accuracy["haematoma"]["loss"]["value"] if accuracy else None
    return [
        Target("int8 times faster than fp32", faster["int8_than_fp32"], 2.5, at_most=False),
        Target("int8 times faster than torch eager", faster["int8_than_torch_eager"], 3.5, at_most=False),
        Target("haematoma Dice lost to int8", loss, 0.005, at_most=True),
        Target("peak memory of a worker, MB", memory["peak_mb"], 1200, at_most=True),
    ]


def _table(answer: dict[str, Any]) -> str:
    lines = [f"{answer['setting']['slices']} slices, {answer['setting']['threads']} threads, {answer['machine']}", ""]
    lines += [
        f"{name:<12} {t['median']:8.1f} ms a slice  [{t['low']:.1f}, {t['high']:.1f}]"
        for name, t in answer["speed"]["ms_per_slice"].items()
    ]
    targets = _targets(answer["speed"], answer["memory"], answer["accuracy"])
    return "\n".join([*lines, "", *(target.as_line() for target in targets)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ct_segmentation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FOLDER, help="folder of the shipped model")
    parser.add_argument("--run", type=Path, help="training run with checkpoint.pt and fp32/, for fp32 and torch")
    parser.add_argument("--data", type=Path, help="folder with slices.zip: real slices, and Dice where --run is given")
    parser.add_argument("--patients", type=Path, help="text file with one patient id a line (default: all of --data)")
    parser.add_argument("--slices", type=int, default=30, help="slices of the study (default: 30)")
    parser.add_argument("--threads", type=int, default=2, help="threads, and cores of the process (default: 2)")
    parser.add_argument("--repeats", type=int, default=7, help="counted repetitions (default: 7)")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/bench-ct.json"), help="JSON file (default: runs/bench-ct.json)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
