"""The network as it serves: one ONNX file behind a manifest; HU in, probabilities on the native grid out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from services.ct_segmentation.framing import Frame, find_frame
from services.ct_segmentation.windowing import brain_window
from shared.inference.manifest import ModelManifest, read_manifest, verified_file
from shared.inference.session import Accelerator, open_session

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
# Batching gains little on a CPU; small batches keep progress and deadlines fine-grained.
BATCH = 4


class NetworkManifest(ModelManifest):
    """What the CT network declares beyond every model: its operating points and the types it was trained to tell."""

    thresholds: dict[str, float]
    types: tuple[str, ...]


@dataclass(frozen=True)
class SlicePredictions:
    """Per-slice predictions of one volume.

    ``haematoma`` and ``oedema`` are (S, H, W) on the native in-plane grid, probability x 255; ``doubt`` likewise is the
    entropy of the haematoma's probability in bits x 255, highest where it is 1/2. ``types`` maps each trained type
    ("any", "IPH") to its probability per slice, (S,); a type that was never trained is absent.
    """

    haematoma: NDArray[np.uint8]
    oedema: NDArray[np.uint8]
    doubt: NDArray[np.uint8]
    types: dict[str, NDArray[np.float32]]


class HaemorrhageNetwork:
    """The shipped CT network: segments haematoma and perihaematomal oedema, and scores bleeding per slice."""

    def __init__(self, manifest: NetworkManifest, session: onnxruntime.InferenceSession) -> None:
        self.manifest = manifest
        self._session = session
        # A graph of three channels reads a slice with one neighbour on each side, a graph of one the slice alone.
        self._reach = session.get_inputs()[0].shape[1] // 2

    @classmethod
    def load(cls, folder: Path = WEIGHTS_FOLDER, accelerator: Accelerator = "cpu", threads: int | None = None) -> Self:
        """Open the model that ``folder`` holds.

        Raises ModelFileMissingError, ModelManifestError, ModelChecksumError or AcceleratorUnavailableError.
        """
        manifest = read_manifest(folder, NetworkManifest)
        return cls(manifest, open_session(verified_file(folder, manifest), accelerator, threads))

    @property
    def name(self) -> str:
        """Name of the model, as results store it."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """Version of the model, as results store it."""
        return self.manifest.version

    @property
    def thresholds(self) -> dict[str, float]:
        """Probability from which on each of "haematoma", "oedema" and the trained types counts as present."""
        return self.manifest.thresholds

    def predict(self, hu: NDArray[np.generic], progress: Callable[[float], None]) -> SlicePredictions:
        """Predict every slice of ``hu`` (S, H, W), in HU.

        Axis 0 runs from inferior to superior, axis 1 from anterior to posterior, axis 2 from the patient's right to
        left, with square pixels. ``progress`` is called with 0..1 after each batch; what it raises ends the run.
        """
        return self.predict_windowed(brain_window(hu), progress)

    def predict_windowed(
        self, windowed: NDArray[np.uint8], progress: Callable[[float], None], frame: Frame | None = None
    ) -> SlicePredictions:
        """``predict`` for a volume that is already in the 0..80 HU brain window, as 0..255 (S, H, W).

        ``frame`` is where the whole head lies, for parts of one: their largest slice would be taken for a small head.
        """
        count = len(windowed)
        haematoma, oedema, doubt = np.empty_like(windowed), np.empty_like(windowed), np.empty_like(windowed)
        types = np.empty((count, len(self.manifest.types)), np.float32)
        frame = frame or find_frame(windowed)
        framed = np.stack([frame.crop(image) for image in windowed])  # (S, 256, 256)
        for start in range(0, count, BATCH):
            stop = min(start + BATCH, count)
            masks, types[start:stop] = self._of_both_sides(_between_neighbours(framed, start, stop, self._reach))
            for index, (bleed, swelling) in enumerate(masks, start):
                haematoma[index] = frame.restore(_in_eight_bits(bleed))
                oedema[index] = frame.restore(_in_eight_bits(swelling))
                doubt[index] = frame.restore(_in_eight_bits(_entropy_bits(bleed)))
            progress(stop / count)
        by_type = {name: types[:, i] for i, name in enumerate(self.manifest.types)}
        return SlicePredictions(haematoma, oedema, doubt, by_type)

    def _of_both_sides(self, slices: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The mean of what the graph says of (B, 3, 256, 256) and of its mirror image.

        A head has no preferred side, so that the difference between both is error, which averages out.
        """
        masks, types = self._run(slices)
        mirrored_masks, mirrored_types = self._run(np.ascontiguousarray(slices[..., ::-1]))
        half = np.float32(0.5)
        return half * (masks + mirrored_masks[..., ::-1]), half * (types + mirrored_types)

    def _run(self, slices: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Run the graph on (B, 3, 256, 256): probabilities of masks (B, 2, 256, 256) and trained types (B, T)."""
        masks, types = self._session.run(["masks", "types"], {"slices": slices})
        return np.asarray(masks, np.float32), np.asarray(types[:, : len(self.manifest.types)], np.float32)


def _between_neighbours(framed: NDArray[np.uint8], start: int, stop: int, reach: int) -> NDArray[np.float32]:
    """Slices ``start`` to ``stop`` of (S, 256, 256), each between its ``reach`` neighbours below and above.

    The ends of a scan repeat their last slice. (B, 2 reach + 1, 256, 256) in [0, 1].
    """
    steps = np.arange(-reach, reach + 1)
    stacks = (np.arange(start, stop)[:, None] + steps).clip(0, len(framed) - 1)
    return np.asarray(framed[stacks], np.float32) / np.float32(255.0)


def _in_eight_bits(plane: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(plane * np.float32(255.0)), np.uint8)


def _entropy_bits(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """-p log2 p - (1 - p) log2 (1 - p): 0 where the network is sure, 1 where it is undecided."""
    p = probability.clip(1e-6, 1 - 1e-6)
    return np.asarray(-p * np.log2(p) - (1 - p) * np.log2(1 - p), np.float32)
