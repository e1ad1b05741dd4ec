"""One composed scan: a real head, bleeds in it, and what is known about them exactly.

A figure measured on composed scans is a figure on generated data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.composed.blood import BLEEDS, Bleed, Label
from services.ct_segmentation.training.composed.deformation import cropped, deformed, pushed
from services.ct_segmentation.training.composed.extra_axial import epidural, subdural
from services.ct_segmentation.training.composed.fields import Field, Spacing, blurred, bounding_box
from services.ct_segmentation.training.composed.fluid_spaces import intraventricular, subarachnoid
from services.ct_segmentation.training.composed.head import Head
from services.ct_segmentation.training.composed.head_sources import CQ500
from services.ct_segmentation.training.composed.intracerebral import haematoma, oedema
from services.ct_segmentation.training.composed.mimics import with_mimics, with_motion
from services.ct_segmentation.training.composed.shapes import BleedShape

BLEED_FREE_SHARE = 0.25
# A whole head has about four times the slices of a part of one: two thirds of the slices are those of whole heads.
CQ500_EVERY = 3
# What a scan with blood holds, and how often; rare types are drawn more often than they are met.
RECIPES: tuple[tuple[tuple[Label, ...], float], ...] = (
    ((Label.IPH,), 0.15),
    ((Label.IPH, Label.IVH), 0.16),
    ((Label.IVH,), 0.16),
    ((Label.SAH,), 0.13),
    ((Label.SDH,), 0.17),
    ((Label.EDH,), 0.15),
    ((Label.SDH, Label.SAH), 0.04),
    ((Label.IPH, Label.SAH), 0.02),
    ((Label.EDH, Label.SAH), 0.02),
)
OEDEMA_CHANCE, MIMIC_CHANCE, MOTION_CHANCE = 0.85, 0.5, 0.06
# A slice counts as positive from this area on: 5 x 5 mm, about what a reader calls blood.
POSITIVE_MM2 = 25.0
TEXTURE_HU = 8.0
# Where bleeds meet, the first of these has the voxel.
PRECEDENCE = (Label.EDH, Label.SDH, Label.IPH, Label.IVH, Label.SAH, Label.OEDEMA)


@dataclass(frozen=True)
class ComposedScan:
    """A scan on its slices: S of ``spacing_mm`` (slice, row, column).

    ``hu`` int16 (S, H, W). ``labels`` uint8 (S, H, W), values of ``Label``, where at least half a voxel is covered.
    ``bleeds`` uint8 (5, S, H, W) in the order of ``BLEEDS``, their sum ``blood`` and ``oedema`` uint8 (S, H, W):
    covered share of each voxel, 0 to 255. ``volumes_ml`` by type, summed on
    the fine grid. ``types`` bool (S, 6), slices with at least 25 mm2 of any, IPH, IVH, SAH, SDH, EDH. ``source`` is
    "cq500" (true HU) or "phe_sich" (HU only within 0 to 80, spacing assumed).
    """

    hu: NDArray[np.int16]
    spacing_mm: Spacing
    labels: NDArray[np.uint8]
    bleeds: NDArray[np.uint8]
    blood: NDArray[np.uint8]
    oedema: NDArray[np.uint8]
    volumes_ml: dict[Label, float]
    types: NDArray[np.bool_]
    source: str
    head: str


def compose_scan(
    heads: Sequence[Head], shapes: Sequence[BleedShape], seed: int, index: int, slice_mm: float = 5.0
) -> ComposedScan:
    """Scan number ``index`` of the series that ``seed`` begins; a pure function of its arguments.

    Heads take turns by ``index``; every third scan is a whole CQ500 head, the others are parts of PHE-SICH heads with
    about a quarter of the slices. ``slice_mm`` is the thickness to average to; heads of thicker slices keep theirs.
    """
    random = np.random.default_rng((seed, index))
    head = deformed(_choose(heads, index), random)
    box = bounding_box(head.inside, (2, 4, 4))
    brain = cropped(head, box)
    bleeds = _bleeds(brain, shapes, random)
    shares = _disjoint(bleeds)
    hu = pushed(brain, bleeds)
    hu = _painted(hu, bleeds, shares)
    if random.random() < MIMIC_CHANCE:
        hu = with_mimics(brain, hu, random)
    whole = head.hu.copy()
    whole[box] = hu
    return _on_slices(head, whole, box, shares, random, slice_mm)


def _choose(heads: Sequence[Head], index: int) -> Head:
    thin = [head for head in heads if head.source == CQ500]
    parts = [head for head in heads if head.source != CQ500]
    if thin and (index % CQ500_EVERY == 0 or not parts):
        return thin[index // CQ500_EVERY % len(thin)]
    return parts[(index - index // CQ500_EVERY - 1 if thin else index) % len(parts)]


def _bleeds(head: Head, shapes: Sequence[BleedShape], random: np.random.Generator) -> list[Bleed]:
    """The bleeds of one scan; none in a bleed-free one. A recipe that this head has no place for is drawn again."""
    if random.random() < BLEED_FREE_SHARE:
        return []
    chances = np.array([chance for _, chance in RECIPES])
    for _ in range(8):
        recipe = RECIPES[int(random.choice(len(RECIPES), p=chances / chances.sum()))][0]
        drawn = [_draw(label, head, shapes, random) for label in recipe]
        bleeds = [bleed for bleed in drawn if bleed is not None]
        if len(bleeds) == len(recipe):
            break
    for bleed in bleeds:
        if bleed.label == Label.IPH and random.random() < OEDEMA_CHANCE:
            return [*bleeds, oedema(head, bleed, random)]
    return bleeds


def _draw(label: Label, head: Head, shapes: Sequence[BleedShape], random: np.random.Generator) -> Bleed | None:
    if label == Label.IPH:
        return haematoma(head, shapes, random)
    makers = {Label.IVH: intraventricular, Label.SAH: subarachnoid, Label.SDH: subdural, Label.EDH: epidural}
    return makers[label](head, random)


def _disjoint(bleeds: Sequence[Bleed]) -> dict[Label, Field]:
    """Each type's share of the voxels such that together they never exceed a whole one."""
    shares: dict[Label, Field] = {}
    for bleed in sorted(bleeds, key=lambda b: PRECEDENCE.index(b.label)):
        taken = sum(shares.values()) if shares else np.float32(0)
        shares[bleed.label] = np.minimum(bleed.share, 1 - taken)
    return shares


def _painted(hu: Field, bleeds: Sequence[Bleed], shares: dict[Label, Field]) -> Field:
    """``hu`` (S, H, W) mixed with blood by its shares; the scanner's own noise stays."""
    if not bleeds:
        return hu
    texture = np.clip(hu - blurred(hu, 1.5), -TEXTURE_HU, TEXTURE_HU)
    painted = hu.copy()
    for bleed in bleeds:
        share = shares[bleed.label]
        painted += share * (bleed.hu + texture - hu)
    return painted


def _on_slices(
    head: Head,
    hu: Field,
    box: tuple[slice, slice, slice],
    shares: dict[Label, Field],
    random: np.random.Generator,
    slice_mm: float,
) -> ComposedScan:
    """Average the fine grid to slices, add noise, and note what each slice holds."""
    per_slice = max(int(slice_mm / head.spacing_mm[0] + 0.05), head.repeats)
    # Scans begin anywhere below the brain; thick slices are averaged from their own repeats alone.
    skip = int(random.integers(max(box[0].start, 1))) if head.repeats == 1 else 0
    slabs = _slabs(hu, per_slice, skip)
    spacing = (head.spacing_mm[0] * per_slice, head.spacing_mm[1], head.spacing_mm[2])
    if random.random() < MOTION_CHANCE:
        slabs = with_motion(slabs, random)
    noise = random.uniform(0, 2.5 if head.source == CQ500 else 1.0)
    rough = blurred(random.standard_normal(slabs.shape, dtype=np.float32), 0.7)
    tissue = slabs > -200 if head.source == CQ500 else (slabs > 1) & (slabs < 79)
    slabs = slabs + np.float32(noise / rough.std()) * rough * tissue
    if head.source != CQ500:
        slabs = np.clip(slabs, 0, 80)
    covered = {label: _slabs(_whole(share, box, hu.shape), per_slice, skip) for label, share in shares.items()}
    empty = np.zeros(slabs.shape, np.float32)
    bleeds = np.stack([covered.get(label, empty) for label in BLEEDS])
    blood = bleeds.sum(axis=0)
    swollen = covered.get(Label.OEDEMA, empty)
    labels = np.where(blood >= 0.5, np.array(BLEEDS, np.uint8)[bleeds.argmax(axis=0)], np.uint8(0))
    labels[(swollen >= 0.5) & (labels == 0)] = Label.OEDEMA
    area = np.concatenate([blood[None], bleeds]).sum(axis=(2, 3)).T * spacing[1] * spacing[2]
    return ComposedScan(
        hu=np.rint(slabs).astype(np.int16),
        spacing_mm=spacing,
        labels=labels,
        bleeds=np.rint(255 * np.clip(bleeds, 0, 1)).astype(np.uint8),
        blood=np.rint(255 * np.clip(blood, 0, 1)).astype(np.uint8),
        oedema=np.rint(255 * np.clip(swollen, 0, 1)).astype(np.uint8),
        volumes_ml={label: float(share.sum(dtype=np.float64)) * head.voxel_ml for label, share in shares.items()},
        types=area >= POSITIVE_MM2,
        source=head.source,
        head=head.name,
    )


def _slabs(volume: Field, per_slice: int, skip: int) -> Field:
    """Means of ``per_slice`` slices each from ``skip`` on; what is left over at the top is dropped."""
    count = (len(volume) - skip) // per_slice
    kept = volume[skip : skip + count * per_slice]
    return np.asarray(kept.reshape(count, per_slice, *volume.shape[1:]).mean(axis=1, dtype=np.float32), np.float32)


def _whole(part: Field, box: tuple[slice, slice, slice], shape: tuple[int, ...]) -> Field:
    whole = np.zeros(shape, np.float32)
    whole[box] = part
    return whole
