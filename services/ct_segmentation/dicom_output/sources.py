"""The source slices as highdicom wants them, and the patient and study as the source's header tells them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from highdicom.base import SOPClass
from pydicom import Dataset
from pydicom.uid import CTImageStorage
from pydicom.valuerep import DA, TM, DSfloat

from services.ct_segmentation.dicom_output.identifiers import Algorithm, frame_of_reference_uid, seal
from services.ct_segmentation.volume import CtVolume, SeriesIdentity

MANUFACTURER = "DeepHemorrhageNet"
UTF_8 = "ISO_IR 192"
# Where DICOM requires a time and the source has none.
UNKNOWN_DATE, UNKNOWN_TIME = DA("19000101"), TM("000000")
TIMES = ("Content", "Acquisition", "Series", "Study")


def acquired_slices(identity: SeriesIdentity) -> list[int]:
    """The slices of the volume behind which a source slice stands; the others were interpolated."""
    return [k for k, uid in enumerate(identity.sop_instance_uids) if uid is not None]


def source_images(volume: CtVolume, identity: SeriesIdentity) -> list[Dataset]:
    """A single-frame CT image without pixels or patient in the place of each of ``acquired_slices``.

    highdicom takes single-frame images, or exactly one multi-frame image. Here frames are images too, each under the
    name ``stand_in_uid``, until ``segmentation`` puts the true references in.
    """
    return [_source_image(volume, identity, k) for k in acquired_slices(identity)]


def stand_in_uid(k: int) -> str:
    """What slice ``k`` is called while an object is made."""
    return f"0.0.{k}"


def evidence(identity: SeriesIdentity) -> list[Dataset]:
    """The source instances, each once, as a report lists them."""
    return [_image(identity, identity.sop_class_uid, uid) for uid in source_instances(identity)]


def source_instances(identity: SeriesIdentity) -> list[str]:
    """The SOP instance UIDs behind the volume, each once, in the order of the slices."""
    return list(dict.fromkeys(uid for uid in identity.sop_instance_uids if uid is not None))


def reference_to(identity: SeriesIdentity, uid: str, frame: int | None = None) -> Dataset:
    """An item that refers to a source instance, or to one frame of it."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = identity.sop_class_uid, uid
    if frame is not None and identity.is_multi_frame:
        item.ReferencedFrameNumber = frame
    return item


def equipment(algorithm: Algorithm) -> dict[str, Any]:
    """The device that made an object, as keywords of highdicom's constructors."""
    return {
        "manufacturer": MANUFACTURER,
        "manufacturer_model_name": algorithm.name,
        "software_versions": algorithm.version,
        # Required, and software has none: every release of the weights is a device of its own.
        "device_serial_number": f"{algorithm.name} {algorithm.version}"[:64],
        "specific_character_set": UTF_8,
    }


def finish(instance: SOPClass, header: Dataset) -> None:
    """Give ``instance`` the patient and study of ``header``, times that do not depend on the clock, and its own UID.

    highdicom is given no patient: it refuses headers that hold odd values, and quotes them in its logs. The elements
    are copied as they are, but for those that cannot be decoded.
    """
    instance.copy_patient_and_study_information(_readable(header))
    instance.SpecificCharacterSet = UTF_8
    instance.ContentDate, instance.ContentTime = _content_time(header)
    for keyword in ("InstanceCreationDate", "InstanceCreationTime", "DateOfSecondaryCapture", "TimeOfSecondaryCapture"):
        instance.pop(keyword, None)
    for item in instance.ContributingEquipmentSequence:
        item.pop("ContributionDateTime", None)
    seal(instance)


def _readable(header: Dataset) -> Dataset:
    """``header`` without the elements whose values break their type, such as a weight in words."""
    result = Dataset()
    for keyword in header.dir():
        with suppress(Exception):  # each type raises its own
            result.add(header[keyword])
    return result


def _content_time(header: Dataset) -> tuple[DA, TM]:
    """Date and time of the images that ``header`` is of: content that depends on them alone is as old as they are.

    The time of the analysis would make another object of the same result whenever a job is delivered twice.
    """
    for what in TIMES:
        with suppress(ValueError):
            if date := DA(header.get(f"{what}Date")):
                return DA(date.strftime("%Y%m%d")), TM(header.get(f"{what}Time")) or UNKNOWN_TIME
    return UNKNOWN_DATE, UNKNOWN_TIME


def _source_image(volume: CtVolume, identity: SeriesIdentity, k: int) -> Dataset:
    image = _image(identity, CTImageStorage, stand_in_uid(k))
    image.Modality = "CT"
    image.FrameOfReferenceUID = frame_of_reference_uid(identity)
    image.PositionReferenceIndicator = identity.header.get("PositionReferenceIndicator")
    image.Rows, image.Columns = volume.hu.shape[1:]
    slice_mm, row_mm, column_mm = volume.spacing_mm
    image.PixelSpacing = _decimals((row_mm, column_mm))
    image.SliceThickness = image.SpacingBetweenSlices = _decimals((slice_mm,))[0]
    across, down = volume.affine[:3, 0] / column_mm, volume.affine[:3, 1] / row_mm
    image.ImageOrientationPatient = _decimals((*across, *down))
    image.ImagePositionPatient = _decimals(identity.positions_mm[k] or ())
    for keyword in ("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"):
        if keyword in identity.header:
            image[keyword] = identity.header[keyword]
    return image


def _image(identity: SeriesIdentity, sop_class_uid: str, sop_instance_uid: str) -> Dataset:
    """What identifies an image, and the patient left blank."""
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = sop_class_uid, sop_instance_uid
    image.StudyInstanceUID, image.SeriesInstanceUID = identity.study_instance_uid, identity.series_instance_uid
    for keyword in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID"):
        setattr(image, keyword, "")
    image.StudyDate = image.StudyTime = None
    return image


def _decimals(values: Iterable[float]) -> list[DSfloat]:
    """As decimal strings of at most 16 characters, without the last bits' noise and without minus zero."""
    return [DSfloat(round(float(value), 9) + 0.0, auto_format=True) for value in values]
