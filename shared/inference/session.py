"""One way to open an ONNX Runtime session, with every setting that matters stated and explained."""

import os
from pathlib import Path
from typing import Literal

import onnxruntime

from shared.errors import PlatformError

Accelerator = Literal["cpu", "cuda", "auto"]

_PROVIDERS: dict[str, list[str]] = {
    "cpu": ["CPUExecutionProvider"],
    "cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"],
    "auto": ["CUDAExecutionProvider", "CPUExecutionProvider"],
}


class AcceleratorUnavailableError(PlatformError):
    """The accelerator that was asked for did not start."""

    code = "accelerator_unavailable"


def open_session(
    path: Path, accelerator: Accelerator = "cpu", threads: int | None = None
) -> onnxruntime.InferenceSession:
    """Open ``path`` on the CPU, on CUDA (or fail), or on CUDA where it starts (``auto``).

    ``threads`` is the number of intra-op threads; by default the cores this process may run on.

    Raises AcceleratorUnavailableError where ``cuda`` was asked for and the session does not run on it.
    """
    options = onnxruntime.SessionOptions()
    # ONNX Runtime counts the host's cores, not the container's: oversubscribed spinning threads are slower than one.
    options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
    # Our graphs are chains: a second pool over branches only competes for the same cores.
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    # Idle threads that spin would take the cores from the other workers of the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only: a missing CUDA library is reported by the check below

    wanted = _PROVIDERS[accelerator]
    available = set(onnxruntime.get_available_providers())
    session = onnxruntime.InferenceSession(path, options, providers=[p for p in wanted if p in available])
    # The GPU wheel lists CUDA as available even without a GPU; only the opened session tells what it runs on.
    if accelerator == "cuda" and "CUDAExecutionProvider" not in session.get_providers():
        raise AcceleratorUnavailableError(
            f"CUDA was asked for but {path.name} runs on {session.get_providers()}; "
            "check the GPU driver and onnxruntime-gpu, or set the accelerator to cpu."
        )
    return session
