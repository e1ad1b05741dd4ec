"""The face detector as it serves: Ultra-Light-Fast RFB-320, one small ONNX graph on one thread."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from services.heart_rate.face.boxes import Boxes, suppress
from services.heart_rate.face.weights import detector_file
from shared.inference.session import open_session

INPUT_HEIGHT, INPUT_WIDTH = 240, 320
# Of boxes on one face the surest stays; two heads behind each other overlap less.
MOST_OVERLAP = 0.3
# What may be a face: the tracker asks more of one that it has never seen.
LEAST_SCORE = 0.5


@dataclass(frozen=True)
class Faces:
    """F faces of one frame: ``boxes`` (F, 4) x0, y0, x1, y1 in its pixels, ``scores`` (F,) 0 to 1, the surest first."""

    boxes: Boxes
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.boxes)


class FaceDetector:
    """Finds faces in single frames, and keeps nothing of them: one detector may serve any number of sessions.

    The graph decodes its 4420 anchors itself (Liu et al. 2016, SSD), so that boxes leave it as shares of its input;
    what is left to do is to choose among them.
    """

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    @classmethod
    def load(cls, folder: Path | None = None, threads: int = 1) -> Self:
        """Open the detector that was fetched into ``folder`` (default: the configured one).

        One thread, of OpenCV in this process too: a graph of 3 ms and pictures of a few thousand pixels gain nothing
        from more (handing them out took half as long again), and lose when other workers want the cores.

        Raises FaceModelMissingError or ModelChecksumError.
        """
        cv2.setNumThreads(threads)
        return cls(open_session(detector_file(folder), "cpu", threads))

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Faces in ``image`` (H, W, 3) RGB; the picture is fitted into the input with its aspect kept."""
        height, width = image.shape[:2]
        scale = min(INPUT_WIDTH / width, INPUT_HEIGHT / height)
        small = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        padded = np.zeros((1, INPUT_HEIGHT, INPUT_WIDTH, 3), np.float32)  # zero is mid-grey to the graph
        padded[0, : small.shape[0], : small.shape[1]] = (small.astype(np.float32) - 127) / 128
        (found,) = self._session.run(None, {self._input: padded})
        candidates = np.asarray(found[0], np.float64)  # (4420, 6)
        candidates = candidates[candidates[:, 1] >= LEAST_SCORE]
        boxes = candidates[:, 2:] * np.tile([INPUT_WIDTH, INPUT_HEIGHT], 2) / scale
        kept = suppress(boxes, candidates[:, 1], MOST_OVERLAP)
        return Faces(boxes[kept], candidates[kept, 1])
