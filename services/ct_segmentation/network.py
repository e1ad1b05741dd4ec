"""The network as it serves: one ONNX file behind a manifest; HU in, probabilities on the native grid out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from services.ct_segmentation.framing import find_frame
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

    ``haematoma`` and ``oedema`` are (S, H, W) on the native in-plane grid, probability x 255. ``types`` maps each
    trained type ("any", "IPH") to its probability per slice, (S,); a type that was never trained is absent.
    """

    haematoma: NDArray[np.uint8]
    oedema: NDArray[np.uint8]
    types: dict[str, NDArray[np.float32]]


class HaemorrhageNetwork:
    """The shipped CT network: segments haematoma and perihaematomal oedema, and scores bleeding per slice."""

    def __init__(self, manifest: NetworkManifest, session: onnxruntime.InferenceSession) -> None:
        self.manifest = manifest
        self._session = session

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

    def predict_windowed(self, windowed: NDArray[np.uint8], progress: Callable[[float], None]) -> SlicePredictions:
        """``predict`` for a volume that is already in the 0..80 HU brain window, as 0..255 (S, H, W)."""
        count = len(windowed)
        haematoma, oedema = np.empty_like(windowed), np.empty_like(windowed)
        types = np.empty((count, len(self.manifest.types)), np.float32)
        frame = find_frame(windowed)
        for start in range(0, count, BATCH):
            stop = min(start + BATCH, count)
            framed = np.stack([frame.crop(image) for image in windowed[start:stop]])
            masks, scores = self._run(framed)
            for index in range(start, stop):
                haematoma[index] = frame.restore(masks[index - start, 0])
                oedema[index] = frame.restore(masks[index - start, 1])
            types[start:stop] = scores
            progress(stop / count)
        return SlicePredictions(haematoma, oedema, {name: types[:, i] for i, name in enumerate(self.manifest.types)})

    def _run(self, framed: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Run the graph on (B, 256, 256): masks (B, 2, 256, 256) as probability x 255, types (B, T)."""
        slices = framed[:, None].astype(np.float32) / np.float32(255.0)  # (B, 1, 256, 256)
        masks, types = self._session.run(["masks", "types"], {"slices": slices})
        trained = len(self.manifest.types)
        return np.rint(masks * 255.0).astype(np.uint8), np.asarray(types[:, :trained], np.float32)
