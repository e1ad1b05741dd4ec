"""Blood in the fluid around and inside the brain: ventricles (IVH), sulci and cisterns (SAH)."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.training.composed.blood import Bleed, Label
from services.ct_segmentation.training.composed.fields import Field, blurred, smooth_noise, soft_step
from services.ct_segmentation.training.composed.head import Head

VENTRICLE_DEPTH_MM, VENTRICLE_LATERAL_MM = 14.0, 42.0
# How far above the slices of the skull base the quadrigeminal cistern reaches.
CISTERN_ABOVE_MM = 15.0
VENTRICLE_BEHIND_MM = 55.0  # behind lies a cyst or the cistern of the cerebellum
SMALLEST_VENTRICLE_ML = 0.3
SMALLEST_ML = 0.8
SULCUS_DEPTH_MM, BASAL_LATERAL_MM = 18.0, 32.0
ENOUGH_SULCI_ML = 2.5
CYST_MM = 10.0  # wider fluid is no sulcus


def intraventricular(head: Head, random: np.random.Generator) -> Bleed | None:
    """Blood that fills ventricles of ``head`` or settles in them with a level; None where none is seen."""
    parts = _ventricles(head)
    if not parts:
        return None
    fluid = np.clip(1.6 * head.fluid, 0, 1)
    share = np.zeros_like(head.hu)
    whole = random.random() < 0.35
    chosen = [part for part in parts if random.random() < 0.75] or [parts[int(random.integers(len(parts)))]]
    for part in chosen:
        widened = ndimage.binary_dilation(part, iterations=2)
        if whole or random.random() < 0.25:
            share = np.maximum(share, fluid * widened)
            continue
        back = head.sagittal_mm[np.nonzero(part)[1:]]
        level = np.quantile(back, random.uniform(0.2, 0.85))
        wavy = 1.5 * smooth_noise(random, share.shape, head.spacing_mm, 12.0)
        settled = soft_step(head.sagittal_mm - level + wavy, 2.5)
        share = np.maximum(share, fluid * settled * widened)
    share = np.asarray(share * (head.depth_mm > 5), np.float32)
    if share.sum() * head.voxel_ml < SMALLEST_ML:
        return None
    patches = smooth_noise(random, share.shape, head.spacing_mm, 7.0)
    level_hu = random.uniform(48, 74) + 2.5 * patches + 0.12 * np.clip(head.sagittal_mm, -30, 50)
    return Bleed(Label.IVH, share, np.asarray(level_hu, np.float32), push_mm=1.5 if whole else 0.0)


def _ventricles(head: Head) -> list[NDArray[np.bool_]]:
    """Connected bodies of fluid deep in the brain and near the midline, each (S, H, W).

    Below the cerebrum only the fourth ventricle counts: the fluid around the brain stem is cisterns, and so is what
    lies behind the third ventricle just above it.
    """
    deep = (head.depth_mm > VENTRICLE_DEPTH_MM) & (np.abs(head.lateral_mm) < VENTRICLE_LATERAL_MM)
    fourth = (np.abs(head.lateral_mm) < 13) & (head.sagittal_mm > -5)
    deep &= (head.supratentorial[:, None, None] | fourth) & (head.sagittal_mm < VENTRICLE_BEHIND_MM)
    cistern = (np.abs(head.lateral_mm) < 20) & (head.sagittal_mm > 8)
    deep &= ~(head.supratentorial & ~head.supratentorial[_below(head, CISTERN_ABOVE_MM)])[:, None, None] | ~cistern
    labels, _ = ndimage.label(_opened((head.fluid > 0.55) & deep, 3))
    sizes = np.bincount(labels.ravel())[1:] * head.voxel_ml
    return [labels == i + 1 for i in np.flatnonzero(sizes > SMALLEST_VENTRICLE_ML)]


def _below(head: Head, distance_mm: float) -> NDArray[np.intp]:
    """For each slice the index of that ``distance_mm`` lower, or of the first; (S,)."""
    return np.maximum(np.arange(len(head.hu)) - round(distance_mm / head.spacing_mm[0]), 0)


def _opened(mask: NDArray[np.bool_], diameter: int) -> NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter))
    return np.stack([cv2.morphologyEx(p.astype(np.uint8), cv2.MORPH_OPEN, kernel) for p in mask]) > 0


def subarachnoid(head: Head, random: np.random.Generator) -> Bleed | None:
    """Blood in sulci and cisterns around a random place; as thin curved sheets where the head shows too few of them."""
    spaces = _sulci(head)
    region = _region(head, random)
    fluid = np.clip(2.4 * spaces, 0, 1) * region
    if fluid.sum() * head.voxel_ml < ENOUGH_SULCI_ML * random.uniform(0.2, 1.0):
        fluid = np.maximum(fluid, _sheets(head, random) * region)
    patchy = np.clip(0.95 + 0.5 * smooth_noise(random, head.hu.shape, head.spacing_mm, 16.0), 0, 1)
    share = np.asarray(fluid * patchy * head.inside, np.float32)
    if share.sum() * head.voxel_ml < SMALLEST_ML:
        return None
    blood = random.uniform(52, 74) + 3 * smooth_noise(random, share.shape, head.spacing_mm, 9.0)
    return Bleed(Label.SAH, share, np.asarray(blood, np.float32))


def _sulci(head: Head) -> Field:
    """Fluid near the surface, and cisterns near the midline below the cerebrum; neither ventricles nor cysts."""
    shallow = head.depth_mm < SULCUS_DEPTH_MM
    basal = (np.abs(head.lateral_mm) < BASAL_LATERAL_MM) & ~head.supratentorial[:, None, None]
    spaces = head.fluid * (shallow | basal)
    for ventricle in _ventricles(head):
        spaces *= ~ndimage.binary_dilation(ventricle, iterations=2)
    cysts = _opened(spaces > 0.5, round(CYST_MM / head.spacing_mm[1]) | 1)
    return np.asarray(spaces * (blurred(cysts.astype(np.float32), 1.5) < 0.05))


def _region(head: Head, random: np.random.Generator) -> Field:
    """A soft ball around a place near the surface, 25 to 90 mm wide, with a ragged border."""
    places = np.argwhere(head.inside & (head.depth_mm > 4) & (head.depth_mm < 18))
    centre = places[random.integers(len(places))] * np.array(head.spacing_mm)
    across_mm, down_mm = (np.arange(n, dtype=np.float32) * head.spacing_mm[1] for n in head.hu.shape[:0:-1])
    down, across, up = down_mm - centre[1], across_mm - centre[2], head.height_mm - centre[0]
    distance = np.sqrt(up[:, None, None] ** 2 + down[:, None] ** 2 + across**2)
    ragged = 8 * smooth_noise(random, head.hu.shape, head.spacing_mm, 20.0)
    return soft_step(np.asarray(random.uniform(25, 90) - distance + ragged, np.float32), 8.0)


def _sheets(head: Head, random: np.random.Generator) -> Field:
    """Thin curved sheets that run inwards from the surface, as sulci do: where a smooth noise is near 0."""
    noise = smooth_noise(random, head.hu.shape, head.spacing_mm, 11.0)
    steep = np.sqrt(sum(g**2 for g in np.gradient(noise, *head.spacing_mm)))
    apart = np.abs(noise) / np.maximum(steep, 0.02)
    thickness = random.uniform(1.2, 2.4) * np.clip(1 - head.depth_mm / random.uniform(10, 20), 0, 1)
    share = soft_step(thickness - apart, head.spacing_mm[1]) * (thickness > 0.1) * head.inside
    return np.asarray(share, np.float32)
