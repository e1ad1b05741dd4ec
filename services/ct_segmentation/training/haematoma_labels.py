"""Haematoma labels made from intensity inside the expert boxes, where the data set outlines only the oedema.

Acute clot is 50 to 80 HU, brain 25 to 40 HU. Inside a lesion box a pixel belongs to the haematoma when

1. the slice, smoothed (sigma 1 pixel), is brighter there than a threshold: Otsu's between clot and brain within the
   box, kept within 7 to 14 HU above the brain around the box (under 7 HU noise begins; 14 HU is halfway to fresh clot);
2. it is neither skull (the slice's large saturated bodies, widened for partial volume), nor outside a closed skull,
   nor inside the expert's oedema;
3. its connected region is no speck, no calcification (mostly saturated), and, in 3-D, continues in a neighbouring
   slice or is large by itself.

Holes are filled. Bleeding outside the boxes, ventricular extension above all, stays unlabelled.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.training.phe_sich import Box, LabelledHead
from services.ct_segmentation.windowing import window_to_hu

_CONTRAST_HU = (7.0, 14.0)
_BRAIN_HU = (18.0, 45.0)
_USUAL_BRAIN_HU = 32.0
_SATURATED = 250
_SKULL_PIXELS = 400
_SPECK_PIXELS = 20
_ISOLATED_PIXELS = 60
_RING_PIXELS = 20


def label_haematoma(head: LabelledHead) -> NDArray[np.bool_]:
    """Haematoma of one patient, (S, H, W); empty on every slice without a box or an oedema outline."""
    mask = np.zeros(head.windowed.shape, np.bool_)
    for index, image in enumerate(head.windowed):
        for box in head.boxes[index] or _box_around(head.oedema[index]):
            mask[index] |= _bright_region(image, head.oedema[index], box)
    return _drop_isolated(mask)


def _bright_region(image: NDArray[np.uint8], oedema: NDArray[np.bool_], box: Box) -> NDArray[np.bool_]:
    """Clot inside one box of one slice, (H, W)."""
    hu = window_to_hu(np.asarray(cv2.GaussianBlur(image, (0, 0), 1.0), np.uint8))
    allowed = np.zeros(image.shape, np.bool_)
    allowed[box.top : box.bottom, box.left : box.right] = True
    skull = _skull(image)
    allowed &= ~skull & ~_outside(skull, allowed) & ~oedema
    brain = _brain_level(hu, box)
    threshold = float(np.clip(_otsu(hu[allowed]), brain + _CONTRAST_HU[0], brain + _CONTRAST_HU[1]))
    region = ndimage.binary_fill_holes(allowed & (hu > threshold)) & ~oedema
    count, components, stats, _ = cv2.connectedComponentsWithStats(region.astype(np.uint8))
    for component in range(1, count):
        pixels = components == component
        calcified = (image[pixels] >= _SATURATED).mean() > 0.5
        if stats[component, cv2.CC_STAT_AREA] < _SPECK_PIXELS or calcified:
            region &= ~pixels
    return np.asarray(region, np.bool_)


def _skull(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The large saturated bodies of a slice, widened by three pixels of partial volume."""
    _, components, stats, _ = cv2.connectedComponentsWithStats((image >= _SATURATED).astype(np.uint8))
    bodies = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= _SKULL_PIXELS)
    skull = np.isin(components, bodies[bodies > 0]).astype(np.uint8)
    return np.asarray(cv2.dilate(skull, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))) > 0)


def _outside(skull: NDArray[np.bool_], box: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Scalp and air around a closed skull; nothing where the skull is open and the way leads into the brain."""
    regions, _ = ndimage.label(~skull)
    outside = (regions == regions[0, 0]) & ~skull
    return np.asarray(outside if outside[box].mean() < 0.5 else np.zeros_like(skull))


def _brain_level(hu: NDArray[np.float32], box: Box) -> float:
    """Median HU of brain in a ring around the box; the usual level where the ring shows none."""
    ring = np.zeros(hu.shape, np.bool_)
    wide = _RING_PIXELS
    ring[max(box.top - wide, 0) : box.bottom + wide, max(box.left - wide, 0) : box.right + wide] = True
    ring[box.top : box.bottom, box.left : box.right] = False
    brain = hu[ring & (hu > _BRAIN_HU[0]) & (hu < _BRAIN_HU[1])]
    return float(np.median(brain)) if len(brain) >= 50 else _USUAL_BRAIN_HU


def _otsu(hu: NDArray[np.float32]) -> float:
    """Otsu's threshold of brain and clot (fluid and air are left out)."""
    tissue = hu[hu > _BRAIN_HU[0]]
    if len(tissue) < 2:
        return _USUAL_BRAIN_HU
    levels = np.clip(tissue * 255.0 / 80.0, 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(levels.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(threshold) * 80.0 / 255.0


def _drop_isolated(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop small 3-D regions that live on one slice only, unless they are all that the patient has."""
    components, count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    kept = mask.copy()
    for component, where in enumerate(ndimage.find_objects(components), start=1):
        pixels = int((components[where] == component).sum())
        one_slice = where[0].stop - where[0].start == 1
        if count > 1 and one_slice and pixels < _ISOLATED_PIXELS:
            kept[where][components[where] == component] = False
    return kept


def _box_around(oedema: NDArray[np.bool_]) -> tuple[Box, ...]:
    """A box around an outline that the experts left without one, widened to reach its haematoma."""
    if not oedema.any():
        return ()
    rows, columns = np.nonzero(oedema)
    wide = _RING_PIXELS // 2
    return (
        Box(
            max(int(rows.min()) - wide, 0),
            max(int(columns.min()) - wide, 0),
            int(rows.max()) + wide + 1,
            int(columns.max()) + wide + 1,
        ),
    )
