"""The most memory that a worker needs for one study, seen in a process of its own.

``python -m benchmarks.ct_segmentation.worker_memory STUDY.zip`` is that process: it imports what a worker imports,
loads the network, analyses the study and prints its peak.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.machine import peak_memory_mb
from services.ct_segmentation.network import WEIGHTS_FOLDER, HaemorrhageNetwork
from services.ct_segmentation.pipeline import analyse
from services.ct_segmentation.reading.study_files import study_files_at
from services.ct_segmentation.worker import service


def measure_memory(study: Path, weights: Path, threads: int) -> dict[str, float]:
    """Peak resident memory in MB of a fresh process: with the network loaded, and after analysing ``study``."""
    command = [sys.executable, "-m", __name__, str(study), "--weights", str(weights), "--threads", str(threads)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own module
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def main() -> None:
    """Be the worker's process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path, help="zip of DICOM files")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FOLDER, help="folder of the model")
    parser.add_argument("--threads", type=int, default=2, help="threads of the network")
    args = parser.parse_args()
    service()  # so that all that a worker is made of counts
    network = HaemorrhageNetwork.load(args.weights, threads=args.threads)
    ready = peak_memory_mb()
    with TemporaryDirectory() as folder:
        analyse(study_files_at(args.study), network, lambda *_: None, Path(folder))
    sys.stdout.write(json.dumps({"ready_mb": ready, "peak_mb": peak_memory_mb()}))


if __name__ == "__main__":
    main()
