"""What a bleed is in a composed scan, and how dense its blood is."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from services.ct_segmentation.training.composed.fields import Field, Spacing, smooth_noise


class Label(IntEnum):
    """Values of ``ComposedScan.labels``."""

    BACKGROUND = 0
    IPH = 1
    IVH = 2
    SAH = 3
    SDH = 4
    EDH = 5
    OEDEMA = 6


BLEEDS = (Label.IPH, Label.IVH, Label.SAH, Label.SDH, Label.EDH)


@dataclass(frozen=True)
class Bleed:
    """``share`` (S, H, W) float32 is each voxel's part of the bleed, 0 to 1; ``hu`` its density where it is 1.

    ``push_mm`` is how far the brain beside it gives way.
    """

    label: Label
    share: Field
    hu: Field
    push_mm: float = 0.0


def acute_blood(random: np.random.Generator, shape: tuple[int, int, int], spacing_mm: Spacing) -> Field:
    """HU of fresh blood (S, H, W): clotted 55 to 80 HU, now and then mixed with unclotted (swirl) or ageing."""
    age = random.choice(["acute", "swirl", "subacute"], p=[0.82, 0.11, 0.07])
    patches = smooth_noise(random, shape, spacing_mm, random.uniform(4, 12))
    if age == "swirl":
        low, high = random.uniform(34, 44), random.uniform(54, 66)
        return np.asarray(low + (high - low) / (1 + np.exp(-2.5 * patches)), np.float32)
    centre = random.uniform(56, 76) if age == "acute" else random.uniform(40, 48)
    return np.asarray(centre + random.uniform(0.8, 3.0) * patches, np.float32)


def subdural_blood(random: np.random.Generator, shape: tuple[int, int, int], spacing_mm: Spacing, back: Field) -> Field:
    """HU of a subdural collection: acute, iso- or hypodense, or old with fresh blood settled at the back.

    ``back`` (H, W) grows towards the back of a lying patient's head.
    """
    kind = random.choice(["acute", "subacute", "chronic", "layered"], p=[0.78, 0.06, 0.08, 0.08])
    if kind == "acute":
        return acute_blood(random, shape, spacing_mm)
    patches = smooth_noise(random, shape, spacing_mm, random.uniform(5, 12))
    if kind == "layered":
        level = random.uniform(-20, 40)
        fresh = 1 / (1 + np.exp(-(back - level) / 2.0))
        base = random.uniform(14, 28) + (random.uniform(48, 65) - 20) * fresh
    else:
        base = np.float32(random.uniform(38, 46) if kind == "subacute" else random.uniform(12, 28))
    return np.asarray(base + 2.0 * patches, np.float32)
