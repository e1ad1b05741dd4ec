"""Why a study gets no DICOM objects, or not all of them: told with the result, since their lack could puzzle."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.volume import SeriesIdentity
from shared.contracts.ct import Peculiarity, is_dicom_uid


def dicom_peculiarities(identity: SeriesIdentity | None, labels: NDArray[np.uint8]) -> tuple[Peculiarity, ...]:
    """What a reader of the result must know about its DICOM objects; ``labels`` are (S, H, W) in native order.

    A NIfTI source has no identity; that it has no DICOM objects goes without saying.
    """
    if identity is None:
        return ()
    hindered = objects_obstacle(identity)
    return (hindered,) if hindered else tuple(_about_segmentation(identity, labels))


def objects_obstacle(identity: SeriesIdentity) -> Peculiarity | None:
    """Why no object can refer to this series, if so."""
    sources = [
        (uid, frame)
        for uid, frame in zip(identity.sop_instance_uids, identity.frame_numbers, strict=True)
        if uid is not None
    ]
    identifiers = {identity.study_instance_uid, identity.series_instance_uid, *(uid for uid, _ in sources)}
    if all(is_dicom_uid(uid) for uid in identifiers) and len(set(sources)) == len(sources):
        return None
    return Peculiarity(
        code="dicom_identifiers_unusable",
        detail="Study, series or slices lack valid, distinct UIDs, so that no DICOM object can refer to them.",
    )


def has_segmentation(identity: SeriesIdentity, labels: NDArray[np.uint8]) -> bool:
    """Whether a segmentation would tell the truth: not where all that was found lies on slices it cannot refer to."""
    shown = any(labels[k].any() for k, uid in enumerate(identity.sop_instance_uids) if uid is not None)
    return shown or not labels.any()


def _about_segmentation(identity: SeriesIdentity, labels: NDArray[np.uint8]) -> Iterator[Peculiarity]:
    filled = sum(bool(labels[k].any()) for k, uid in enumerate(identity.sop_instance_uids) if uid is None)
    if not has_segmentation(identity, labels):
        yield Peculiarity(
            code="lesions_on_filled_slices_only",
            detail="All lesions lie on interpolated slices, which a DICOM segmentation cannot refer to.",
        )
        return
    if filled:
        yield Peculiarity(
            code="segmentation_without_filled_slices",
            detail=f"{filled} interpolated slice(s) with a lesion are part of the volume, but not of the DICOM "
            "segmentation: no image is theirs.",
        )
    if not is_dicom_uid(identity.frame_of_reference_uid):
        yield Peculiarity(
            code="frame_of_reference_unnamed",
            detail="The header names no frame of reference; the DICOM segmentation gives the series' positions one.",
        )
