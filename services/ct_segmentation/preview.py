"""A picture of the result for people: nose up, the patient's right on the left, lesions outlined, marked research."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.windowing import brain_window

Image = NDArray[np.uint8]

# Label value -> colour (blue, green, red), the colours that the viewer paints with.
OUTLINES = {1: (48, 48, 226), 2: (64, 200, 240)}
WHITE = (255, 255, 255)
MARK = "Research use only - not a medical device"
PANEL_WIDTH = 768
THUMBNAIL_WIDTH = 256
MONTAGE_COLUMNS, MONTAGE_ROWS = 4, 3


def slice_preview(
    hu: NDArray[np.int16], labels: NDArray[np.uint8], spacing_mm: tuple[float, float, float], index: int
) -> bytes:
    """``outlined_slice`` as PNG."""
    return _png(outlined_slice(hu, labels, spacing_mm, index))


def outlined_slice(
    hu: NDArray[np.int16],
    labels: NDArray[np.uint8],
    spacing_mm: tuple[float, float, float],
    index: int,
    notes: Sequence[str] = (),
) -> Image:
    """Slice ``index`` in the 0-80 HU brain window with outlines of haematoma (red) and oedema (yellow).

    ``hu`` and ``labels`` are (S, H, W) in the canonical view, ``spacing_mm`` is (slice, row, column): the picture,
    (H', W', 3) in the order blue, green, red, has the true aspect ratio. ``notes`` are written into its upper left.
    """
    panel = _panel(hu[index], labels[index], spacing_mm, PANEL_WIDTH)
    height, width = panel.shape[:2]
    _write(panel, "R", (12, height // 2), 1.0)
    _write(panel, "L", (width - 32, height // 2), 1.0)
    for line, text in enumerate((f"Slice {index + 1} of {len(hu)}", *notes)):
        _write(panel, text, (12, 28 + 24 * line), 0.6)
    _write(panel, MARK, (12, height - 14), 0.5)
    return panel


def montage(hu: NDArray[np.int16], labels: NDArray[np.uint8], spacing_mm: tuple[float, float, float]) -> bytes:
    """PNG of twelve slices from the base to the vertex, evenly spread over the slices that show tissue."""
    shown = np.flatnonzero([np.count_nonzero(plane[::4, ::4] > 0) * 100 > plane[::4, ::4].size for plane in hu])
    first, last = (int(shown[0]), int(shown[-1])) if shown.size else (0, len(hu) - 1)
    count = MONTAGE_COLUMNS * MONTAGE_ROWS
    indices = np.rint(np.linspace(first, last, count)).astype(int)
    panels = []
    for index in indices:
        panel = _panel(hu[index], labels[index], spacing_mm, THUMBNAIL_WIDTH)
        _write(panel, str(index + 1), (6, 18), 0.45)
        panels.append(panel)
    rows = [np.hstack(panels[row : row + MONTAGE_COLUMNS]) for row in range(0, count, MONTAGE_COLUMNS)]
    picture = np.ascontiguousarray(np.vstack(rows))
    _write(picture, "R", (6, THUMBNAIL_WIDTH // 2), 0.6)
    _write(picture, "L", (picture.shape[1] - 18, THUMBNAIL_WIDTH // 2), 0.6)
    _write(picture, MARK, (8, picture.shape[0] - 8), 0.45)
    return _png(picture)


def _panel(plane: NDArray[np.int16], labels: Image, spacing_mm: tuple[float, float, float], width: int) -> Image:
    """One slice as (H', width, 3) with its outlines, scaled to square pixels."""
    _, row_mm, column_mm = spacing_mm
    height = max(1, round(width * plane.shape[0] * row_mm / (plane.shape[1] * column_mm)))
    grey = cv2.resize(brain_window(np.ascontiguousarray(plane)), (width, height), interpolation=cv2.INTER_AREA)
    panel = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    # Oedema first, so that the haematoma's outline lies above it.
    for label in sorted(OUTLINES, reverse=True):
        mask = (labels == label).astype(np.uint8)
        scaled = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)
        outlines, _ = cv2.findContours(scaled, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(panel, outlines, -1, OUTLINES[label], 1, cv2.LINE_AA)
    return panel


def _write(picture: Image, text: str, place: tuple[int, int], size: float) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, WHITE, 1, cv2.LINE_AA)


def _png(picture: Image) -> bytes:
    _, data = cv2.imencode(".png", picture)
    return bytes(data)
