"""What looks like blood and is none: calcifications, a bright falx, streaks, motion."""

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.composed.fields import Field, soft_step
from services.ct_segmentation.training.composed.head import Head

# (mm from the midline, mm behind the brain's middle): pineal gland, choroid plexus, basal ganglia.
CALCIFIED = ((0.0, 18.0), (19.0, 30.0), (22.0, -4.0))


def with_mimics(head: Head, hu: Field, random: np.random.Generator) -> Field:
    """``hu`` (S, H, W) of ``head`` with each mimic at its own chance; without any about half of the time."""
    if random.random() < 0.3:
        hu = _calcified(head, hu, random)
    if random.random() < 0.2:
        hu = _bright_falx(head, hu, random)
    if random.random() < 0.2:
        hu = _streaks(head, hu, random)
    return hu


def _calcified(head: Head, hu: Field, random: np.random.Generator) -> Field:
    """Specks of 100 to 250 HU, 1 to 3 mm in radius, where calcifications are usual; on both sides if beside."""
    lateral, behind = CALCIFIED[int(random.integers(len(CALCIFIED)))]
    deep = np.flatnonzero((head.depth_mm > 42).any(axis=(1, 2)) & head.supratentorial)
    if not len(deep):
        return hu
    deep = deep[: len(deep) // 2 + 1]  # the centrum semiovale above does not calcify
    height = head.height_mm[deep[int(random.integers(len(deep)))]]
    result = hu.copy()
    for side in (-1.0, 1.0) if lateral else (1.0,):
        centre = (height + random.normal(0, 2), behind + random.normal(0, 4), side * lateral + random.normal(0, 1.5))
        distance = np.sqrt(
            (head.height_mm - centre[0])[:, None, None] ** 2
            + (head.sagittal_mm - centre[1]) ** 2
            + (head.lateral_mm - centre[2]) ** 2
        )
        share = soft_step(np.asarray(random.uniform(1.0, 3.0) - distance, np.float32), 1.0) * (head.depth_mm > 15)
        result = result * (1 - share) + np.float32(random.uniform(100, 250)) * share
    return result


def _bright_falx(head: Head, hu: Field, random: np.random.Generator) -> Field:
    """10 to 25 HU more in a sheet of 1 to 2 mm in the midline, near the table."""
    sheet = soft_step(random.uniform(0.5, 1.1) - np.abs(head.lateral_mm), 0.8)
    near = soft_step(30.0 - head.depth_mm, 6.0) * head.inside * head.supratentorial[:, None, None]
    return hu + np.float32(random.uniform(10, 25)) * sheet * near


def _streaks(head: Head, hu: Field, random: np.random.Generator) -> Field:
    """Bands of beam hardening between the bones of the skull base, up to 9 HU either way."""
    low = ~head.supratentorial & head.inside.any(axis=(1, 2))
    if not low.any():
        return hu
    angle = random.uniform(-0.3, 0.3)
    across = head.sagittal_mm * np.cos(angle) + head.lateral_mm * np.sin(angle)
    bands = np.sin(across / random.uniform(3, 9) + random.uniform(0, 6)) * np.exp(
        -(((across - random.uniform(-30, 50)) / 25) ** 2)
    )
    centre = random.choice(head.height_mm[low])
    fade = np.exp(-(((head.height_mm - centre) / 10) ** 2))[:, None, None]
    return np.asarray(hu + random.uniform(3, 9) * bands * fade * head.inside, np.float32)


def with_motion(hu: Field, random: np.random.Generator) -> Field:
    """``hu`` (S, H, W) with a few neighbouring slices doubled by a movement of some pixels."""
    result = hu.copy()
    first = int(random.integers(len(hu)))
    shift: NDArray[np.int64] = random.integers(-3, 4, size=2)
    for k in range(first, min(first + int(random.integers(1, 4)), len(hu))):
        result[k] = 0.65 * hu[k] + 0.35 * np.roll(hu[k], shift, axis=(0, 1))
    return result
