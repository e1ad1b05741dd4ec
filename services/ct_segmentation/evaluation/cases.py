"""The slices worth a look: where the outline goes most wrong, and where the score does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.framing import find_frame
from services.ct_segmentation.training.phe_sich import Box, LabelledHead


@dataclass(frozen=True)
class Outlines:
    """Haematoma and oedema of one volume (S, H, W) or slice (H, W)."""

    haematoma: NDArray[np.bool_]
    oedema: NDArray[np.bool_]

    def at(self, index: int, where: tuple[slice, slice]) -> "Outlines":
        """A copy of a part of one slice, that keeps no volume alive."""
        return Outlines(self.haematoma[index][where].copy(), self.oedema[index][where].copy())


@dataclass(frozen=True)
class ShownSlice:
    """One slice, cut to the head: the windowed image, both outlines, the boxes, P(any) and whether it is marked."""

    name: str
    image: NDArray[np.uint8]
    labelled: Outlines
    predicted: Outlines
    boxes: tuple[Box, ...]
    any_score: float
    marked: bool


@dataclass(frozen=True)
class LabelledPrediction:
    """One head with what the network says of it."""

    head: LabelledHead
    labelled: Outlines
    predicted: Outlines
    any_score: NDArray[np.float32]

    def worst_outlined(self) -> ShownSlice:
        """The slice with most pixels of haematoma missed or invented; without any, the one of most wrong oedema."""
        plane = (1, 2)
        wrong = (self.labelled.haematoma ^ self.predicted.haematoma).sum(axis=plane)
        if not wrong.any():
            wrong = (self.labelled.oedema ^ self.predicted.oedema).sum(axis=plane)
        return self._show(int(wrong.argmax()))

    def worst_scored(self) -> ShownSlice:
        """The slice whose P(any) lies furthest from what the experts say."""
        return self._show(int(np.abs(self.any_score - self.head.lesion).argmax()))

    def _show(self, index: int) -> ShownSlice:
        frame = find_frame(self.head.windowed)
        top, left = max(frame.top, 0), max(frame.left, 0)
        where = slice(top, frame.top + frame.side), slice(left, frame.left + frame.side)
        return ShownSlice(
            name=self.head.slices[index],
            image=self.head.windowed[index][where].copy(),
            labelled=self.labelled.at(index, where),
            predicted=self.predicted.at(index, where),
            boxes=tuple(
                Box(box.top - top, box.left - left, box.bottom - top, box.right - left)
                for box in self.head.boxes[index]
            ),
            any_score=float(self.any_score[index]),
            marked=bool(self.head.lesion[index]),
        )
