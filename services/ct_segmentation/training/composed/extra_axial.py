"""Blood between skull and brain: subdural crescents and sheets along the falx, epidural lenses."""

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.composed.blood import Bleed, Label, acute_blood, subdural_blood
from services.ct_segmentation.training.composed.fields import Field, log_uniform, smooth_noise, soft_step
from services.ct_segmentation.training.composed.head import Head

VOLUME_ML = (1.0, 100.0)
SUBDURAL_MM, EPIDURAL_MM = (3.5, 20.0), (4.0, 30.0)
FALX_SHARE, BOTH_SIDES_SHARE = 0.15, 0.15
FALX_REACH_MM = 35.0
# Crescents in the posterior fossa are rarer than its share of the vault, and thinner.
BELOW_TENTORIUM, BELOW_TENTORIUM_MM = 0.3, 5.0
# A thicker layer than this share of the brain's radius would end in wedges.
THICKNESS_OF_RADIUS = 0.22
SMALLEST_ML = 0.5


def subdural(head: Head, random: np.random.Generator) -> Bleed | None:
    """A crescent along the inner table on one side, now and then on both, or a sheet along the falx."""
    if head.supratentorial.any() and random.random() < FALX_SHARE:
        share, thickness = _along_falx(head, random)
        blood = acute_blood(random, share.shape, head.spacing_mm)
    else:
        share, thickness = _crescent(head, random, None)
        blood = subdural_blood(random, share.shape, head.spacing_mm, head.sagittal_mm)
        if random.random() < BOTH_SIDES_SHARE:
            other, _ = _crescent(head, random, -_side(head, share))
            share = np.maximum(share, other)
    if share.sum() * head.voxel_ml < SMALLEST_ML:
        return None
    return Bleed(Label.SDH, share, blood, push_mm=thickness * random.uniform(0.4, 0.8))


def epidural(head: Head, random: np.random.Generator) -> Bleed | None:
    """A lens between the inner table and an ellipsoid around a point of it, bulging into the brain."""
    volume = log_uniform(random, *VOLUME_ML)
    flatness, roundness = random.uniform(0.4, 0.7), random.uniform(0.75, 1.1)
    # Half an ellipsoid holds 2/3 pi * length * height * thickness; the table's curve takes about a third of it.
    length = (2300 * volume / (np.pi * flatness * roundness)) ** (1 / 3)
    thickness = float(np.clip(flatness * length, *EPIDURAL_MM))
    middle, place = _table_point(head, random, None)
    centre = np.array([head.height_mm[middle], head.sagittal_mm[place], head.lateral_mm[place]])
    brain = np.array([np.average(head.height_mm, weights=_slice_weights(head)), 0.0, 0.0])
    inwards = (brain - centre) * (0.6, 1.0, 1.0)
    inwards /= np.linalg.norm(inwards)
    away = (head.height_mm[:, None, None] - centre[0], head.sagittal_mm - centre[1], head.lateral_mm - centre[2])
    deep = sum(v * n for v, n in zip(away, inwards, strict=True))
    up = away[0] - deep * inwards[0]
    square = sum(v**2 for v in away)
    aside2 = np.maximum(square - deep**2 - up**2, 0)
    radius = np.sqrt((deep / thickness) ** 2 + (up / (roundness * length)) ** 2 + aside2 / length**2)
    uneven = 1 + 0.06 * smooth_noise(random, head.hu.shape, head.spacing_mm, 12.0)
    share = soft_step(np.asarray((uneven - radius) * thickness, np.float32), head.spacing_mm[1]) * head.inside
    if share.sum() * head.voxel_ml < SMALLEST_ML:
        return None
    blood = acute_blood(random, share.shape, head.spacing_mm)
    return Bleed(Label.EDH, share, blood, push_mm=thickness * random.uniform(0.4, 0.8))


def _crescent(head: Head, random: np.random.Generator, side: float | None) -> tuple[Field, float]:
    volume = log_uniform(random, *VOLUME_ML)
    flatness, roundness = random.uniform(0.08, 0.2), random.uniform(0.5, 0.9)
    length = min((1700 * volume / (np.pi * flatness * roundness)) ** (1 / 3), 95.0)
    thickness = float(np.clip(flatness * length, *SUBDURAL_MM))
    middle, place = _table_point(head, random, side)
    wide = float(np.hypot(head.sagittal_mm[place], head.lateral_mm[place]))
    thickest = THICKNESS_OF_RADIUS * wide if head.supratentorial[middle] else BELOW_TENTORIUM_MM
    thickness = min(thickness, thickest)
    radius = _surface_distance(head, middle, place, (length, min(roundness * length, 60.0)))
    uneven = 1 + 0.2 * np.clip(smooth_noise(random, head.hu.shape, head.spacing_mm, 18.0), -2, 2)
    share = _against_table(head, thickness * np.clip(1 - radius**2, 0, None) ** 0.6 * uneven)
    side = _side(head, share)
    return share * soft_step(side * head.lateral_mm - 2.5, 2.0), thickness


def _along_falx(head: Head, random: np.random.Generator) -> tuple[Field, float]:
    """A sheet beside the falx, which reaches about 35 mm down from the vault."""
    thickness = random.uniform(2.0, 7.0)
    side = random.choice([-1.0, 1.0])
    beside = side * head.lateral_mm
    # It is attached to the vault: the middle lies where falx and inner table meet.
    edges = np.argwhere((head.depth_mm > 0) & (head.depth_mm < 4.0) & (np.abs(head.lateral_mm) < 2.0))
    edges = edges[head.supratentorial[edges[:, 0]]]
    if not len(edges):
        return np.zeros_like(head.hu), thickness
    middle, row, column = edges[random.integers(len(edges))]
    length = random.uniform(20, 60)
    taper = np.clip(1 - ((head.sagittal_mm - head.sagittal_mm[row, column]) / length) ** 2, 0, None) ** 0.5
    tall = random.uniform(15, 40)
    vertical = np.clip(1 - ((head.height_mm - head.height_mm[middle]) / tall) ** 2, 0, None) ** 0.5
    uneven = 1 + 0.25 * smooth_noise(random, head.hu.shape, head.spacing_mm, 14.0)
    edge = thickness * taper * vertical[:, None, None] * uneven
    # Only where skull is near above, before or behind does the falx lie.
    near = np.minimum(head.depth_mm - 1.0, FALX_REACH_MM - head.depth_mm)
    # Between the ventricles there is none: low slices show it in front and behind alone.
    filled = np.flatnonzero(head.supratentorial)
    high = np.arange(len(head.hu)) > (filled[0] + filled[-1]) / 2
    near = np.minimum(near, np.where(high[:, None, None], 50.0, np.abs(head.sagittal_mm) - 30.0))
    within = np.minimum(np.minimum(edge - beside, beside + 0.3), near)
    return soft_step(within, head.spacing_mm[1]) * (edge > 0.8) * head.inside * head.supratentorial[
        :, None, None
    ], thickness


def _against_table(head: Head, thickness: Field) -> Field:
    """The share of voxels whose depth below the inner table is under ``thickness`` (S, H, W), in mm."""
    return soft_step(thickness - head.depth_mm, head.spacing_mm[1]) * (head.inside & (thickness > 0.4))


def _table_point(head: Head, random: np.random.Generator, side: float | None) -> tuple[int, tuple[int, int]]:
    """Slice and (row, column) of a random point beside the vault's inner table, on one ``side`` if given."""
    allowed = head.inside & (head.depth_mm < 3.0) & (np.abs(head.lateral_mm) > 15)
    if side is not None:
        allowed &= np.sign(head.lateral_mm) == side
    weights = _slice_weights(head) * allowed.any(axis=(1, 2))
    if head.supratentorial.any():
        weights = weights * np.where(head.supratentorial, 1.0, BELOW_TENTORIUM)
    middle = int(random.choice(len(head.hu), p=weights / weights.sum()))
    rows, columns = np.nonzero(allowed[middle])
    chosen = int(random.integers(len(rows)))
    return middle, (int(rows[chosen]), int(columns[chosen]))


def _surface_distance(head: Head, middle: int, place: tuple[int, int], reach_mm: tuple[float, float]) -> Field:
    """Distance from a point of the table in units of ``reach_mm`` (along the table, upwards); (S, H, W).

    Distance along the table is the angle around the brain's middle times its radius there.
    """
    angle = np.arctan2(head.sagittal_mm, head.lateral_mm)
    apart = angle - angle[place]
    apart = np.abs((apart + np.pi) % (2 * np.pi) - np.pi)
    along = apart * np.hypot(head.sagittal_mm[place], head.lateral_mm[place]) / reach_mm[0]
    up = (head.height_mm - head.height_mm[middle]) / reach_mm[1]
    return np.asarray(np.sqrt(along**2 + up[:, None, None] ** 2), np.float32)


def _slice_weights(head: Head) -> NDArray[np.float64]:
    """Chance of each slice by its section of brain; (S,), sums to 1."""
    areas = head.inside.sum(axis=(1, 2)).astype(np.float64)
    return np.asarray(areas / areas.sum())


def _side(head: Head, share: Field) -> float:
    return float(np.sign((share.sum(axis=0) * head.lateral_mm).sum())) or 1.0
