"""The outlined slice as a picture that every viewer shows: a DICOM secondary capture."""

import highdicom
import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.dicom_output.identifiers import PROVISIONAL_UID, Algorithm, series_uid
from services.ct_segmentation.dicom_output.sources import equipment, finish, reference_to
from services.ct_segmentation.volume import SeriesIdentity
from shared.contracts.ct import CtReport

SERIES_NUMBER = 9003
MARK = "RESEARCH USE - UNVERIFIED"
# Of a picture in the radiological view: rows run to the patient's left, columns to the back.
ORIENTATION = ("L", "P")


def capture_notes(report: CtReport, algorithm: Algorithm) -> tuple[str, ...]:
    """What stands in the picture: a capture travels without its report."""
    volumes = f"Haematoma {report.haematoma_ml:.1f} mL, oedema {report.oedema_ml:.1f} mL"
    return MARK, volumes, f"{algorithm.name} {algorithm.version}"


def make_secondary_capture(
    identity: SeriesIdentity, picture: NDArray[np.uint8], native_slice: int | None, algorithm: Algorithm
) -> highdicom.sc.SCImage:
    """``picture`` (H, W, 3; blue, green, red, with ``capture_notes``) as an image of the study.

    ``native_slice`` is the slice of the volume that it shows, None where it is none of them; the image refers to it.
    """
    instance = highdicom.sc.SCImage(
        pixel_array=np.ascontiguousarray(picture[..., ::-1]),
        photometric_interpretation=highdicom.PhotometricInterpretationValues.RGB,
        bits_allocated=8,
        coordinate_system=highdicom.CoordinateSystemNames.PATIENT,
        patient_orientation=ORIENTATION,
        study_instance_uid=identity.study_instance_uid,
        series_instance_uid=series_uid(identity, algorithm, "secondary_capture"),
        series_number=SERIES_NUMBER,
        sop_instance_uid=PROVISIONAL_UID,
        instance_number=1,
        series_description="UNVERIFIED haemorrhage outline, picture (research use only)",
        **equipment(algorithm),
    )
    # The element asks for text that tells who the patient is. What is drawn in tells sides, slice and result; but text
    # in the source's own pixels shows through.
    instance.BurnedInAnnotation = "YES" if identity.header.get("BurnedInAnnotation") == "YES" else "NO"
    instance.BodyPartExamined = "HEAD"  # not one of a pair: such a series must say which side it shows
    instance.DerivationDescription = "Slice in the brain window with automatic outlines"
    if native_slice is not None and (uid := identity.sop_instance_uids[native_slice]) is not None:
        instance.SourceImageSequence = [reference_to(identity, uid, identity.frame_numbers[native_slice])]
    finish(instance, identity.header)
    return instance
