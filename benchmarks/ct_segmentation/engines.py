"""Three ways to run one architecture: ONNX Runtime in eight bits, ONNX Runtime in fp32, torch eager."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from services.ct_segmentation.model.deep_hemorrhage_net import DeepHemorrhageNet, NetworkConfig
from services.ct_segmentation.network import HaemorrhageNetwork, NetworkManifest
from services.ct_segmentation.training.loop import trained_network
from services.ct_segmentation.training.onnx_graph import ServedNetwork, export_onnx
from services.ct_segmentation.training.type_calibration import TypeCalibration
from shared.errors import PlatformError
from shared.inference.manifest import read_manifest, verified_file
from shared.inference.session import open_session

Batch = NDArray[np.float32]  # (B, C, 256, 256)


class GraphMismatchError(PlatformError):
    """The graphs to compare do not take the same input."""

    code = "graph_mismatch"


@dataclass(frozen=True)
class Engine:
    """A name, and what computes masks and types of one batch."""

    name: str
    run: Callable[[Batch], object]


class RecordingSession:
    """A session that keeps what it is asked for.

    The network prepares its batches itself (framing, neighbours, flips); recording them at the graph's door measures
    what serving really computes, whatever that becomes.
    """

    def __init__(self, session: Any) -> None:
        self.batches: list[Batch] = []
        self._session = session

    def run(self, outputs: list[str], feeds: dict[str, Batch]) -> Any:
        """Run the session, keeping the batch."""
        self.batches.append(feeds["slices"].copy())
        return self._session.run(outputs, feeds)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the session's own."""
        return getattr(self._session, name)


def served_batches(weights: Path, windowed: NDArray[np.uint8], threads: int) -> list[Batch]:
    """The batches that the network in ``weights`` feeds its graph for ``windowed`` (S, H, W)."""
    manifest = read_manifest(weights, NetworkManifest)
    session = RecordingSession(open_session(verified_file(weights, manifest), threads=threads))
    HaemorrhageNetwork(manifest, session).predict_windowed(windowed, lambda _: None)
    return session.batches


def onnx_engine(name: str, path: Path, threads: int) -> Engine:
    """The graph at ``path``, in a session opened as serving opens it."""
    session = open_session(path, threads=threads)
    return Engine(name, lambda batch: session.run(["masks", "types"], {"slices": batch}))


def served_network(run: Path | None, slices: int) -> ServedNetwork:
    """The network of a training run, or one of random weights that looks at ``slices``: as fast, and of no use."""
    network = trained_network(run) if run is not None else DeepHemorrhageNet(NetworkConfig(slices=slices))
    unchanged = TypeCalibration(scale=(1.0,) * len(network.config.types), bias=(0.0,) * len(network.config.types))
    served = ServedNetwork(network, unchanged)
    served.eval()
    return served


def torch_engine(network: ServedNetwork, threads: int) -> Engine:
    """``network`` as torch runs it, operation by operation."""
    torch.set_num_threads(threads)

    def run(batch: Batch) -> object:
        with torch.inference_mode():
            return network(torch.from_numpy(batch))

    return Engine("torch_eager", run)


def three_engines(weights: Path, run: Path | None, batch: Batch, threads: int, folder: Path) -> list[Engine]:
    """Eight-bit graph of ``weights``, fp32 graph of ``run``, and torch; what is missing is exported into ``folder``.

    Raises GraphMismatchError where they do not all take ``batch``.
    """
    network = served_network(run, batch.shape[1])
    taken = network.network.config.slices
    if batch.shape[1] != taken:
        raise GraphMismatchError(
            f"The graph in {weights} takes {batch.shape[1]} slice(s) at a time and the network of {run} {taken}; "
            "give --weights and --run of one release."
        )
    exact = run / "fp32" / "model.onnx" if run is not None else folder / "fp32.onnx"
    if not exact.is_file():
        exact = folder / "fp32.onnx"
        export_onnx(network, exact)
    shipped = verified_file(weights, read_manifest(weights, NetworkManifest))
    return [
        onnx_engine("int8", shipped, threads),
        onnx_engine("fp32", exact, threads),
        torch_engine(network, threads),
    ]
