"""Intracerebral haematomas of real shape, and the oedema around them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.training.composed.blood import Bleed, Label, acute_blood
from services.ct_segmentation.training.composed.fields import (
    Field,
    bounding_box,
    log_uniform,
    signed_distance_mm,
    smooth_noise,
    soft_step,
)
from services.ct_segmentation.training.composed.head import Head
from services.ct_segmentation.training.composed.shapes import BleedShape

VOLUME_ML = (0.4, 100.0)
SMALLEST_ML = 0.3
SCALE = (0.7, 1.3)
CANDIDATES = 24  # shapes looked at for one of the wanted size
CLEAR_OF_TABLE_MM, CLEAR_OF_MIDLINE_MM = 2.0, 1.5
OEDEMA_MM = (2.0, 12.0)
OEDEMA_DARKER_HU = (5.0, 13.0)  # than brain: 18 to 27 HU


def haematoma(head: Head, shapes: Sequence[BleedShape], random: np.random.Generator) -> Bleed | None:
    """A haematoma within one hemisphere of ``head``; None where there is no room."""
    wanted = log_uniform(random, *VOLUME_ML)
    drawn = [shapes[i] for i in random.integers(len(shapes), size=CANDIDATES)]
    shape = min(drawn, key=lambda s: abs(np.log(s.volume_ml / wanted)))
    scale = float(np.clip((wanted / shape.volume_ml) ** (1 / 3), *SCALE))
    radius = scale * (3000 * shape.volume_ml / (4 * np.pi)) ** (1 / 3)
    centre = _place(head, radius, random)
    if centre is None:
        return None
    share = _lay(head, shape, scale, centre, random)
    if share.sum() * head.voxel_ml < SMALLEST_ML:
        return None
    blood = acute_blood(random, share.shape, head.spacing_mm)
    return Bleed(Label.IPH, share, blood, push_mm=radius * random.uniform(0.15, 0.4))


def oedema(head: Head, bleed: Bleed, random: np.random.Generator) -> Bleed:
    """An irregular hypodense rim around ``bleed``, wider where the brain is darker, that is white."""
    share = np.zeros_like(bleed.share)
    thickness = log_uniform(random, *OEDEMA_MM)
    reach = tuple(int(np.ceil(2.2 * thickness / mm)) for mm in head.spacing_mm)
    box = bounding_box(bleed.share > 0.5, (reach[0], reach[1], reach[2]))
    if not share[box].size:
        return Bleed(Label.OEDEMA, share, share)
    distance = -signed_distance_mm(bleed.share[box] > 0.5, head.spacing_mm)
    noise = smooth_noise(random, distance.shape, head.spacing_mm, 9.0)
    whiter = np.clip((head.brain_hu - ndimage.gaussian_filter(head.calm[box], (0, 2, 2))) / 6, -1, 1)
    edge = thickness * np.clip(1 + 0.45 * noise + 0.35 * whiter, 0.0, 2.0)
    rim = soft_step(edge - distance, 2.0)
    same_side = np.sign(head.lateral_mm[box[1:]]) == _side(head, bleed.share)
    rim *= soft_step(head.depth_mm[box] - 2.0, 1.0) * (1 - head.fluid[box]) * same_side
    share[box] = rim * (1 - bleed.share[box])
    level = np.full_like(share, head.brain_hu - random.uniform(*OEDEMA_DARKER_HU))
    return Bleed(Label.OEDEMA, share, level, push_mm=0.0)


def _side(head: Head, share: Field) -> float:
    """1 on the patient's left, -1 on the right."""
    return float(np.sign((share.sum(axis=0) * head.lateral_mm).sum()))


def _place(head: Head, radius: float, random: np.random.Generator) -> tuple[int, int, int] | None:
    """A voxel with about ``radius`` mm of brain around it and to the midline; None in a head without such a place."""
    room = np.minimum(head.depth_mm, np.abs(head.lateral_mm) + 4.0)
    # Large bleeds press against the skull: their outline is clipped there.
    enough = min(0.75 * radius + 5.0, 0.9 * float(room.max()))
    places = np.argwhere(room >= enough)
    if not len(places) or radius > 1.6 * enough:
        return None
    # Half lie where hypertensive ones do: 20 to 35 mm from the midline, around the middle.
    if random.random() < 0.5:
        lateral = np.abs(head.lateral_mm[places[:, 1], places[:, 2]])
        deep = places[(lateral > 12) & (lateral < 36)]
        places = deep if len(deep) else places
    chosen = places[random.integers(len(places))]
    return int(chosen[0]), int(chosen[1]), int(chosen[2])


def _lay(
    head: Head, shape: BleedShape, scale: float, centre: tuple[int, int, int], random: np.random.Generator
) -> Field:
    """``shape`` turned, mirrored and scaled around ``centre``; the share of each voxel, (S, H, W)."""
    surface = shape.surface_mm()
    spacing = np.array(head.spacing_mm)
    turn = _turn(random)
    # Output voxel -> mm from the centre -> the shape's mm -> the shape's voxel.
    to_shape = np.diag(1 / np.array(shape.spacing_mm)) @ (turn / scale) @ np.diag(spacing)
    extent = scale * np.array(shape.spacing_mm) * surface.shape / 2
    reach = np.ceil((np.abs(turn.T) @ extent) / spacing).astype(int) + 1
    low = np.maximum(np.array(centre) - reach, 0)
    high = np.minimum(np.array(centre) + reach + 1, head.hu.shape)
    middle = (np.array(surface.shape) - 1) / 2
    offset = middle + to_shape @ (low - np.array(centre))
    distance = scale * ndimage.affine_transform(
        surface, to_shape, offset, tuple(high - low), order=1, mode="constant", cval=-50.0
    )
    box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    lateral = head.lateral_mm[box[1:]]
    side = np.sign(head.lateral_mm[centre[1:]])
    allowed = np.minimum(head.depth_mm[box] - CLEAR_OF_TABLE_MM, side * lateral - CLEAR_OF_MIDLINE_MM)
    share = np.zeros(head.hu.shape, np.float32)
    share[box] = soft_step(np.minimum(distance, allowed), head.spacing_mm[1])
    return share


def _turn(random: np.random.Generator) -> NDArray[np.float64]:
    """A turn in the axial plane by any angle, a tilt by up to 20 degrees, and mirror images."""
    a, b = random.uniform(-np.pi, np.pi), np.radians(random.uniform(-20, 20))
    axial = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    tilt = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    mirror = np.diag(random.choice([-1.0, 1.0], size=3))
    return np.asarray(mirror @ axial @ tilt)
