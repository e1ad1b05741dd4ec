"""Where the brain is: the space inside the skull's inner table, and the plane between the hemispheres."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

CLOSE_MM, OPEN_MM = 8.0, 6.0
BONE_BODY_MM2 = 60.0  # smaller bright things are vessels with contrast or calcifications
PART_CM2 = 3.0
# The foramen magnum is about 10 cm2 wide; below it lies the neck.
LOWEST_SECTION_CM2 = 18.0
# Where the skull's base opens in plane (orbit, ear), a slice may show no closed hollow.
MISSED_SLICES = 3
AIR_OR_FAT_HU, AIR_OR_FAT_SHARE = 1.0, 0.25  # orbits and sinuses also lie within bone


def find_intracranial(hu: NDArray[np.float32], bone: Mask, pixel_mm: float) -> Mask:
    """The inside of the skull, (S, H, W), of slices that run upwards.

    Each slice's hollows are found by closing its bone; from the slice with the largest hollow on, those belong to the
    brain's space that overlap with it in the slice before; it ends at the foramen magnum.
    """
    hollows = [_hollows(hu[k], bone[k], pixel_mm) for k in range(len(hu))]
    areas = [max((int(part.sum()) for part in parts), default=0) for parts in hollows]
    inside = np.zeros(bone.shape, np.bool_)
    seed = int(np.argmax(areas))
    if not areas[seed]:
        return inside
    inside[seed] = max(hollows[seed], key=lambda part: int(part.sum()))
    for step in (1, -1):
        smallest = LOWEST_SECTION_CM2 if step < 0 else 0.0
        last = missed = 0
        k = seed + step
        while 0 <= k < len(hu) and missed <= MISSED_SLICES:
            for part in hollows[k]:
                if (part & inside[seed + last]).sum() > 0.5 * part.sum():
                    inside[k] |= part
            found = inside[k].sum() * pixel_mm**2 / 100 > smallest
            inside[k] &= found
            last, missed = (k - seed, 0) if found else (last, missed + 1)
            k += step
    return inside


def _hollows(hu: NDArray[np.float32], bone: Mask, pixel_mm: float) -> list[Mask]:
    """Spaces of one slice (H, W) that bone encloses and that hold tissue."""
    count, bodies, stats, _ = cv2.connectedComponentsWithStats(bone.astype(np.uint8))
    large = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] * pixel_mm**2 >= BONE_BODY_MM2)
    skull = np.isin(bodies, large[large > 0]).astype(np.uint8)
    closed = cv2.morphologyEx(skull, cv2.MORPH_CLOSE, _disc(CLOSE_MM / pixel_mm))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(skull)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    # One pixel beside bone is partly bone.
    hollow = filled & (cv2.dilate(skull, np.ones((3, 3), np.uint8)) == 0).astype(np.uint8)
    opened = cv2.morphologyEx(hollow, cv2.MORPH_OPEN, _disc(OPEN_MM / pixel_mm))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    parts = []
    for label in range(1, count):
        core = labels == label
        if stats[label, cv2.CC_STAT_AREA] * pixel_mm**2 < 100 * PART_CM2:
            continue
        if (hu[core] < AIR_OR_FAT_HU).mean() > AIR_OR_FAT_SHARE:
            continue
        grown = cv2.dilate(core.astype(np.uint8), _disc(OPEN_MM / pixel_mm)) & hollow
        parts.append(grown > 0)
    return parts


def _disc(diameter: float) -> NDArray[np.uint8]:
    size = max(round(diameter), 3) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


@dataclass(frozen=True)
class Midline:
    """A line of the axial plane through (``row``, ``column``), turned by ``angle`` (radians) from straight up."""

    row: float
    column: float
    angle: float

    def coordinates_mm(
        self, shape: tuple[int, int], pixel_mm: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(lateral, sagittal) in mm, each (H, W): growing to the patient's left and to the back."""
        rows, columns = np.indices(shape, dtype=np.float32)
        down, across = (rows - self.row) * pixel_mm, (columns - self.column) * pixel_mm
        cosine, sine = np.float32(np.cos(self.angle)), np.float32(np.sin(self.angle))
        return across * cosine + down * sine, down * cosine - across * sine


def find_midline(hu: NDArray[np.float32], inside: Mask, pixel_mm: float) -> Midline:
    """The line over which the inside of the head is most like its mirror image."""
    areas = inside.sum(axis=(1, 2))
    large = areas >= 0.7 * areas.max()
    # A soft sum of tissue: ventricles and sulci are dark, everything outside the brain is 0.
    image = (np.clip(hu[large], 0, 60) * inside[large]).mean(axis=0).astype(np.float32)
    factor = 2.0 / pixel_mm if pixel_mm < 2 else 1.0
    small = cv2.resize(image, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 1.0)
    rows, columns = np.nonzero(small > 0.3 * small.max())
    centre = (float(columns.mean()), float(rows.mean()))
    angle, offset = 0.0, 0.0
    for reach, step, slide, slide_step in ((28, 4, 8, 2), (4, 1, 2, 0.5)):
        tried = [
            (_mirror_error(small, centre, a, o), a, o)
            for a in np.arange(angle - reach, angle + reach + 1, step)
            for o in np.arange(offset - slide, offset + slide + 0.1, slide_step)
        ]
        _, angle, offset = min(tried)
    turn = np.radians(angle)
    return Midline(
        row=(centre[1] + offset * np.sin(turn) + 0.5) * factor - 0.5,
        column=(centre[0] + offset * np.cos(turn) + 0.5) * factor - 0.5,
        angle=float(turn),
    )


def _mirror_error(image: NDArray[np.float32], centre: tuple[float, float], degrees: float, offset: float) -> float:
    """Mean difference of ``image`` and its mirror image over a line through ``centre``, moved by ``offset`` pixels."""
    turn = np.radians(degrees)
    normal = np.array([np.cos(turn), np.sin(turn)])  # (x, y)
    mirror = np.eye(2) - 2 * np.outer(normal, normal)
    point = np.array(centre) + offset * normal
    matrix = np.column_stack([mirror, point - mirror @ point])
    return float(np.abs(cv2.warpAffine(image, matrix, image.shape[::-1]) - image).mean())
