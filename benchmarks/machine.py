"""What a measurement was made on: a time without its machine says nothing."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any


def describe_machine(*packages: str) -> dict[str, Any]:
    """Processor, cores of this process, versions of Python and ``packages``, and whether others were at work before.

    On a ``busy`` machine, of which more programs wanted to run than this process has cores, no time can be believed.
    """
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return {
        "processor": _processor(),
        "cores": cores,
        "load_before": round(load, 2),
        "busy": load > cores,
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def warn_if_busy(machine: dict[str, Any]) -> None:
    """Say on standard error that the times to come are not worth reporting, where ``machine`` is busy."""
    if machine["busy"]:
        sys.stderr.write(f"The machine is busy (load {machine['load_before']}): do not report these times.\n")


def use_cores(count: int) -> None:
    """Keep this process and what it starts to ``count`` cores, or to all where there are fewer."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def peak_memory_mb(process: int | str = "self") -> float:
    """The most memory in MB (10^6 bytes) that a living process had resident since it began.

    VmHWM belongs to the program that runs; ``getrusage`` would also count the parent that it was forked from.
    """
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    raise ValueError(f"Process {process} reports no peak memory; it has ended.")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
