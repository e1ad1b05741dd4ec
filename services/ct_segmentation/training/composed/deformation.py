"""One head made into many, and the brain that gives way to a bleed."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.training.composed.blood import Bleed
from services.ct_segmentation.training.composed.fields import Field, smooth_noise, upsampled
from services.ct_segmentation.training.composed.head import Head

TILT_DEGREES, TURN_DEGREES, SCALE = 5.0, 8.0, 0.08
ELASTIC_MM, ELASTIC_SCALE_MM = 2.0, 45.0
PUSH_SIGMA_MM, PUSH_STEP_MM = 11.0, 4.0
# The skull does not move: at the inner table nothing is displaced, 10 mm below it everything.
STIFF_WITHIN_MM = 10.0
FINE_MM = 1.25


def deformed(head: Head, random: np.random.Generator) -> Head:
    """``head`` tilted, turned, scaled by up to 8 %, mirrored at random and bent smoothly by about 2 mm.

    Thick slices keep their order and are only moved in their planes; each is then repeated so that bleeds can be drawn
    on slices of about 1.25 mm and averaged back.
    """
    scale = 1 + random.uniform(-SCALE, SCALE)
    hu, depth = head.hu, head.depth_mm
    if not _is_thick(head):
        hu, depth = (_tilted(volume, head, draw) for volume, draw in zip((hu, depth), _twice(random), strict=True))
    turn = np.radians(random.uniform(-TURN_DEGREES, TURN_DEGREES))
    mirror = random.choice([-1.0, 1.0])
    bend = [
        ELASTIC_MM / head.spacing_mm[1] * smooth_noise(random, hu.shape, head.spacing_mm, ELASTIC_SCALE_MM)
        for _ in range(2)
    ]
    rows, columns = np.indices(hu.shape[1:], dtype=np.float32)
    down, across = rows - rows.mean(), (columns - columns.mean()) * mirror
    to_row = (np.cos(turn) * down - np.sin(turn) * across) / scale + rows.mean()
    to_column = (np.sin(turn) * down + np.cos(turn) * across) / scale + columns.mean()
    moved_hu, moved_depth = np.empty_like(hu), np.empty_like(depth)
    for k in range(len(hu)):
        maps = ((to_column + bend[0][k]).astype(np.float32), (to_row + bend[1][k]).astype(np.float32))
        moved_hu[k] = cv2.remap(hu[k], *maps, cv2.INTER_LINEAR, borderValue=float(hu.min()))
        moved_depth[k] = cv2.remap(depth[k], *maps, cv2.INTER_LINEAR)
    # The outermost voxels inside are a pixel deep: halfway to the next lies their border.
    moved_depth[moved_depth < 0.5 * head.spacing_mm[1]] = 0
    return _refined(replace(head, hu=moved_hu, depth_mm=moved_depth * np.float32(scale)))


def cropped(head: Head, box: tuple[slice, slice, slice]) -> Head:
    """The part of ``head`` in ``box``."""
    return replace(head, hu=np.ascontiguousarray(head.hu[box]), depth_mm=np.ascontiguousarray(head.depth_mm[box]))


def pushed(head: Head, bleeds: Sequence[Bleed]) -> Field:
    """``head.hu`` with the brain moved in plane away from the bleeds; (S, H, W).

    The displacement is the gradient of the bleed's smoothed share, scaled to its ``push_mm`` and faded out towards the
    inner table, so that bone stays where it is.
    """
    hu = head.hu
    for bleed in bleeds:
        if bleed.push_mm > 0:
            hu = _moved(hu, head, bleed)
    return hu


def _twice(random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One draw of (tilt forwards, tilt sideways, stretch), for the image and for its depth."""
    limit = np.radians(TILT_DEGREES)
    draw = np.array([*random.uniform(-limit, limit, 2), 1 + random.uniform(-SCALE, SCALE)])
    return draw, draw


def _tilted(volume: Field, head: Head, draw: NDArray[np.float64]) -> Field:
    """``volume`` sheared along the slice axis, which is a rotation for the few degrees at stake, and stretched."""
    forwards, sideways, stretch = draw
    per_pixel = head.spacing_mm[1] / head.spacing_mm[0]
    matrix = np.eye(3)
    matrix[0] = (1 / stretch, np.tan(forwards) * per_pixel, np.tan(sideways) * per_pixel)
    middle = (np.array(volume.shape) - 1) / 2
    tilted = ndimage.affine_transform(volume, matrix, middle - matrix @ middle, order=1, mode="nearest")
    return np.asarray(tilted, np.float32)


def _is_thick(head: Head) -> bool:
    return head.spacing_mm[0] >= 2 * FINE_MM


def _refined(head: Head) -> Head:
    """Thick slices repeated to about 1.25 mm, with the depth below the table interpolated between them."""
    if not _is_thick(head):
        return head
    repeats = round(head.spacing_mm[0] / FINE_MM)
    slice_mm, row_mm, column_mm = head.spacing_mm
    places = (np.arange(len(head.hu) * repeats) + 0.5) / repeats - 0.5
    places = np.clip(places, 0, len(head.hu) - 1)
    below = np.minimum(places.astype(np.intp), max(len(head.hu) - 2, 0))
    weight = (places - below).astype(np.float32)[:, None, None]
    depth = head.depth_mm[below] * (1 - weight) + head.depth_mm[np.minimum(below + 1, len(head.hu) - 1)] * weight
    inside = np.repeat(head.inside, repeats, axis=0)
    depth = np.where(inside, np.maximum(depth, np.float32(0.3)), np.float32(0))
    spacing = (slice_mm / repeats, row_mm, column_mm)
    return Head(head.name, head.source, np.repeat(head.hu, repeats, axis=0), depth, spacing, repeats)


def _moved(hu: Field, head: Head, bleed: Bleed) -> Field:
    slice_mm, pixel_mm, _ = head.spacing_mm
    size = tuple(max(int(n * pixel_mm / PUSH_STEP_MM), 2) for n in (hu.shape[2], hu.shape[1]))
    every = max(int(PUSH_STEP_MM / slice_mm), 1)
    small = np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in bleed.share[::every]])
    spread = ndimage.gaussian_filter(small, (PUSH_SIGMA_MM / slice_mm / every, *[PUSH_SIGMA_MM / PUSH_STEP_MM] * 2))
    down, across = np.gradient(spread, axis=1), np.gradient(spread, axis=2)
    steepest = float(np.hypot(down, across).max())
    if steepest == 0:
        return hu
    factor = np.float32(bleed.push_mm / pixel_mm / steepest)
    give = np.clip(head.depth_mm / STIFF_WITHIN_MM, 0, 1) * factor
    # The gradient points to the bleed, which is where a displaced voxel came from.
    from_row, from_column = upsampled(down, hu.shape) * give, upsampled(across, hu.shape) * give
    rows, columns = np.indices(hu.shape[1:], dtype=np.float32)
    moved = hu.copy()
    for k in range(len(hu)):
        if max(np.abs(from_row[k]).max(), np.abs(from_column[k]).max()) > 0.1:
            moved[k] = cv2.remap(
                hu[k], columns + from_column[k], rows + from_row[k], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
    return np.where(head.inside, moved, hu)
