"""Why a study gets no DICOM objects, or not all of them: told with the result, since their lack could puzzle."""

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
    named = objects_obstacle(identity) or segmentation_obstacle(identity, labels) or _left_out(identity, labels)
    return (named,) if named else ()


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


def segmentation_obstacle(identity: SeriesIdentity, labels: NDArray[np.uint8]) -> Peculiarity | None:
    """Why the lesions in ``labels`` cannot be a DICOM segmentation, if so."""
    if not is_dicom_uid(identity.frame_of_reference_uid):
        return Peculiarity(
            code="frame_of_reference_missing",
            detail="The series has no frame of reference, without which DICOM knows no segmentation.",
        )
    filled = _filled_lesion_slices(identity, labels)
    if filled and filled == np.count_nonzero(labels.any(axis=(1, 2))):
        return Peculiarity(
            code="lesions_on_filled_slices_only",
            detail="All lesions lie on interpolated slices, which a DICOM segmentation cannot refer to.",
        )
    return None


def _left_out(identity: SeriesIdentity, labels: NDArray[np.uint8]) -> Peculiarity | None:
    filled = _filled_lesion_slices(identity, labels)
    if not filled:
        return None
    return Peculiarity(
        code="segmentation_without_filled_slices",
        detail=f"{filled} interpolated slice(s) with a lesion are part of the volume, but not of the DICOM "
        "segmentation: no image is theirs.",
    )


def _filled_lesion_slices(identity: SeriesIdentity, labels: NDArray[np.uint8]) -> int:
    return sum(bool(labels[k].any()) for k, uid in enumerate(identity.sop_instance_uids) if uid is None)
