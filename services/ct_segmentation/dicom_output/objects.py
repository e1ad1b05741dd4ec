"""All DICOM objects of one result, written as files."""

from pathlib import Path

import numpy as np
from highdicom.base import SOPClass
from numpy.typing import NDArray

from services.ct_segmentation.dicom_output.identifiers import Algorithm
from services.ct_segmentation.dicom_output.obstacles import has_segmentation, objects_obstacle
from services.ct_segmentation.dicom_output.secondary_capture import make_secondary_capture
from services.ct_segmentation.dicom_output.segmentation import make_segmentation
from services.ct_segmentation.dicom_output.structured_report import make_structured_report
from services.ct_segmentation.volume import CtVolume
from shared.contracts.ct import CtReport


def write_dicom_objects(
    volume: CtVolume,
    labels: NDArray[np.uint8],
    report: CtReport,
    picture: NDArray[np.uint8],
    native_slice: int | None,
    algorithm: Algorithm,
    folder: Path,
) -> dict[str, Path]:
    """Write "segmentation", "structured_report" and "secondary_capture" into ``folder``: role to file.

    ``labels`` (S, H, W) are in native order, ``picture`` is (H, W, 3) BGR and shows ``native_slice``. What may
    lack is told by ``obstacles.dicom_peculiarities``. Equal arguments give equal files.
    """
    identity = volume.identity
    if identity is None or objects_obstacle(identity):
        return {}
    objects: dict[str, SOPClass] = {}
    if has_segmentation(identity, labels):
        objects["segmentation"] = make_segmentation(volume, identity, labels, algorithm)
    objects["structured_report"] = make_structured_report(identity, report, objects.get("segmentation"), algorithm)
    objects["secondary_capture"] = make_secondary_capture(identity, picture, native_slice, algorithm)
    written = {role: folder / f"{role}.dcm" for role in objects}
    for role, path in written.items():
        objects[role].save_as(path, enforce_file_format=True)
    return written
