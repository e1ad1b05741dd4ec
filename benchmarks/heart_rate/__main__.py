"""Heart rate from video beside `vitallens` (and `open-rppg` where it is installed), in turns on the same frames.

The clips are those of the generated suite: the errors are figures on generated data, and rank nothing clinically.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.heart_rate.contenders import Contender, Decoded, Said, ours, rivals
from benchmarks.heart_rate.memory import memory_of_a_long_video
from benchmarks.machine import describe_machine, warn_if_busy
from benchmarks.target import Target
from services.heart_rate.generated.scenes import Scene
from services.heart_rate.generated.suite import Clip, clips
from services.heart_rate.generated.video import write_video
from services.heart_rate.video.frames import FrameReader
from services.heart_rate.video.opening import open_video

CONDITIONS = ("still", "motion_12px", "low_light", "h264_low_bitrate", "photograph")
US, RIVAL = "ours", "vitallens pos"
MEMORY_BOUND_MB = 600.0
WRONG_BPM, SURE = 5.0, 0.5


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table and JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.heart_rate", description=__doc__)
    parser.add_argument(
        "--each", type=int, default=2, help="clips of each condition, 0 for the memory alone (default: %(default)s)"
    )
    parser.add_argument("--repeats", type=int, default=3, help="runs of each on each clip (default: %(default)s)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=0,
        help="estimate from so much 1080p too and tell its memory (10 takes minutes)",
    )
    parser.add_argument("--report", type=Path, help="write the figures as JSON here too")
    args = parser.parse_args(arguments)
    machine = describe_machine("numpy", "onnxruntime", "opencv-python-headless")
    warn_if_busy(machine)
    contenders = {US: ours(), **rivals()} if args.each else {}
    if args.each and RIVAL not in contenders:
        sys.stderr.write("vitallens is not installed (extra 'dev'): nothing to compare with.\n")
    rows = [
        row
        for clip in tqdm(clips(args.each, CONDITIONS), desc="clips")
        for row in _measure(clip, contenders, args.repeats)
    ]
    summary = {name: _summary([row for row in rows if row["who"] == name]) for name in contenders}
    memory = memory_of_a_long_video(args.minutes) if args.minutes else None
    targets = _targets(summary, memory)
    report = {"machine": machine, "data": "generated", "clips": rows, "summary": summary, "memory": memory,
              "targets": [target.as_json() for target in targets]}  # fmt: skip
    if args.report:
        args.report.write_text(json.dumps(report, indent=2) + "\n")
    sys.stdout.write(json.dumps(report, indent=2) + "\n" + "".join(f"{target.as_line()}\n" for target in targets))
    return 0


def _measure(clip: Clip, contenders: dict[str, Contender], repeats: int) -> list[dict[str, Any]]:
    """One row for each contender, who take turns, so that what disturbs the machine disturbs all of them."""
    decoded = _decoded(clip)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    said: dict[str, Said] = {}
    for _ in range(repeats):
        for name, run in contenders.items():
            wall, processor = time.perf_counter(), time.process_time()
            said[name] = run(decoded)
            spent[name].append((time.perf_counter() - wall, time.process_time() - processor))
    count = len(decoded.times_s)
    return [
        {
            "clip": decoded.name,
            "who": name,
            "true_bpm": None if np.isnan(decoded.true_bpm) else round(decoded.true_bpm, 2),
            "bpm": None if said[name].bpm is None else round(said[name].bpm or 0.0, 2),
            "confidence": round(said[name].confidence, 3),
            "frames_per_second": round(count / median(wall for wall, _ in spent[name]), 1),
            "frames_per_processor_second": round(count / median(processor for _, processor in spent[name]), 1),
        }
        for name in contenders
    ]


def _decoded(clip: Clip) -> Decoded:
    scene = Scene.stage(clip.recipe.scene, clip.seed)
    with TemporaryDirectory(prefix="bench-") as directory:
        path = write_video(scene, Path(directory) / "clip.mp4", clip.recipe.coding)
        with open_video(path) as video:
            frames = list(FrameReader(video))
    painted = clip.recipe.scene.people[0].pulsation > 0
    true_bpm = float(np.nanmean(scene.bpm)) if painted else float("nan")
    times = np.array([frame.time_s for frame in frames])
    return Decoded(clip.name, np.stack([frame.image for frame in frames]), times, true_bpm)


def _summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Speed (median over clips), error of what was given, and how often something wrong was given for sure."""
    errors = [
        abs(row["bpm"] - row["true_bpm"]) for row in rows if row["bpm"] is not None and row["true_bpm"] is not None
    ]
    wrong = [
        row
        for row in rows
        if row["bpm"] is not None and (row["true_bpm"] is None or abs(row["bpm"] - row["true_bpm"]) > WRONG_BPM)
    ]
    return {
        "frames_per_second": median(row["frames_per_second"] for row in rows),
        "frames_per_processor_second": median(row["frames_per_processor_second"] for row in rows),
        "given": sum(row["bpm"] is not None for row in rows),
        "of": len(rows),
        "mae_given_bpm": round(float(np.mean(errors)), 3) if errors else None,
        "wrong_and_given": len(wrong),
        "wrong_and_confident": sum(row["confidence"] >= SURE for row in wrong),
    }


def _targets(summary: dict[str, dict[str, Any]], memory: dict[str, float] | None) -> list[Target]:
    ratio = {
        unit: round(summary[US][unit] / summary[RIVAL][unit], 2) if RIVAL in summary else None
        for unit in ("frames_per_second", "frames_per_processor_second")
    }
    confident = float(summary[US]["wrong_and_confident"]) if US in summary else None
    peak = memory["peak_memory_mb"] if memory else None
    return [
        Target("frames/s over vitallens POS, wall clock", ratio["frames_per_second"], 1.0, at_most=False),
        Target("frames/s over vitallens POS, processor time", ratio["frames_per_processor_second"], 1.0, at_most=False),
        Target("wrong by > 5 bpm and confident", confident, 0.0, at_most=True),
        Target("memory of a long 1080p video, MB", peak, MEMORY_BOUND_MB, at_most=True),
    ]


if __name__ == "__main__":
    sys.exit(main())
