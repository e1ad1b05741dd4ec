"""Reasons for a person to look again: the result contradicts itself, or the input can mislead the network."""

from collections.abc import Iterator, Mapping, Sequence

from services.ct_segmentation.measurements import Measurement
from services.ct_segmentation.operating_points import types_seen
from shared.contracts.ct import Peculiarity, ReviewFlag

# Kothari's slice weights make ABC/2 of a perfect ellipsoid 65 % of its volume, and of 160 expert outlines (HemSeg-500)
# 73 % at the median: 59 % of them differ by more than a quarter, 1 % by more than a half.
MAX_ABC_DIFFERENCE = 0.5
CONTRAST = ("contrast_given", "contrast_suspected")


def review_flags(
    haematoma: Measurement,
    types: Mapping[str, float],
    thresholds: Mapping[str, float],
    slices: int,
    interpolated: Sequence[int],
    peculiarities: Sequence[Peculiarity],
) -> list[ReviewFlag]:
    """Every reason to look again; none changes a voxel of the mask.

    ``types`` are the study's probabilities, ``interpolated`` the slices (of ``slices``) that were filled into gaps.
    """
    return [
        *_disagreement(haematoma, types, thresholds),
        *_abc(haematoma),
        *_border(haematoma, slices),
        *_filled(haematoma, interpolated),
        *_contrast(haematoma, peculiarities),
    ]


def _disagreement(
    haematoma: Measurement, types: Mapping[str, float], thresholds: Mapping[str, float]
) -> Iterator[ReviewFlag]:
    seen = types_seen(types, thresholds)
    if seen and not haematoma.lesions:
        yield ReviewFlag(
            code="type_mask_disagreement",
            detail=f"The classifier sees a haemorrhage ({', '.join(seen)}), but none was outlined; look again.",
        )
    if types and not seen and haematoma.lesions:
        yield ReviewFlag(
            code="type_mask_disagreement",
            detail=f"A haematoma of {haematoma.volume_ml:.1f} mL was outlined, but the classifier sees no haemorrhage.",
        )


def _abc(haematoma: Measurement) -> Iterator[ReviewFlag]:
    if haematoma.abc_half is None:
        return
    largest_ml = haematoma.lesions[0].volume_ml
    difference = abs(haematoma.abc_half.volume_ml - largest_ml) / largest_ml
    if difference > MAX_ABC_DIFFERENCE:
        yield ReviewFlag(
            code="abc_volume_disagreement",
            detail=f"ABC/2 of the largest lesion gives {haematoma.abc_half.volume_ml:.1f} mL and its voxels "
            f"{largest_ml:.1f} mL; the shape is irregular, or the outline is wrong.",
        )


def _border(haematoma: Measurement, slices: int) -> Iterator[ReviewFlag]:
    if any(lesion.first_voxel[0] == 0 or lesion.last_voxel[0] == slices - 1 for lesion in haematoma.lesions):
        yield ReviewFlag(
            code="lesion_at_scan_border",
            detail="A lesion reaches the first or last slice; the scan may not show all of it.",
        )


def _filled(haematoma: Measurement, interpolated: Sequence[int]) -> Iterator[ReviewFlag]:
    filled = [
        k for k in interpolated if any(part.first_voxel[0] <= k <= part.last_voxel[0] for part in haematoma.lesions)
    ]
    if filled:
        yield ReviewFlag(
            code="lesion_in_filled_gap",
            detail=f"A lesion crosses {len(filled)} interpolated slice(s), where nothing was scanned.",
        )


def _contrast(haematoma: Measurement, peculiarities: Sequence[Peculiarity]) -> Iterator[ReviewFlag]:
    if haematoma.lesions and any(peculiarity.code in CONTRAST for peculiarity in peculiarities):
        yield ReviewFlag(
            code="contrast_may_mimic_blood",
            detail="Contrast was given or is suspected: enhancing vessels and tumours look like blood in one scan.",
        )
