"""Identifiers that follow from what they name: the same study, analysed again by the same model, gives them again."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from highdicom.base import SOPClass
from pydicom.uid import UID, generate_uid

from services.ct_segmentation.volume import SeriesIdentity
from shared.contracts.ct import is_dicom_uid

PROVISIONAL_UID = UID("0.0")  # what an object is called until it is sealed


@dataclass(frozen=True)
class Algorithm:
    """Who made the result: name and version of the network, as its manifest says."""

    name: str
    version: str


def tracking_uid(identity: SeriesIdentity, algorithm: Algorithm, finding: str) -> UID:
    """The identifier of ``finding`` ("haematoma") that every object about it shares."""
    return _derived(identity, algorithm, "tracking", finding)


def series_uid(identity: SeriesIdentity, algorithm: Algorithm, role: str) -> UID:
    """The identifier of the new series that holds the object of ``role``."""
    return _derived(identity, algorithm, "series", role)


def related_uid(identity: SeriesIdentity, algorithm: Algorithm, purpose: str) -> UID:
    """Any other identifier inside an object, such as that of its dimensions."""
    return _derived(identity, algorithm, "related", purpose)


def frame_of_reference_uid(identity: SeriesIdentity) -> str:
    """The source's frame of reference, or where its header lost the name (as in CQ500), one of the series' own.

    A segmentation must name the frame that its positions lie in. They are the source's, whatever the frame is called.
    """
    if identity.frame_of_reference_uid is not None and is_dicom_uid(identity.frame_of_reference_uid):
        return identity.frame_of_reference_uid
    source = ("frame of reference", identity.study_instance_uid, identity.series_instance_uid)
    return generate_uid(entropy_srcs=["\n".join(source)])


def device_uid(algorithm: Algorithm) -> UID:
    """The observing device: this version of this network, wherever it runs."""
    return generate_uid(entropy_srcs=["\n".join(("device", algorithm.name, algorithm.version))])


def seal(instance: SOPClass) -> None:
    """Give ``instance`` the SOP instance UID that follows from all it says.

    So one UID never stands for two contents, whatever changes in the header, in the result or in this code, and an
    object that is delivered twice is one object.
    """
    _name(instance, PROVISIONAL_UID)
    content = BytesIO()
    instance.save_as(content)
    _name(instance, generate_uid(entropy_srcs=[hashlib.sha256(content.getbuffer()).hexdigest()]))


def _derived(identity: SeriesIdentity, algorithm: Algorithm, kind: str, what: str) -> UID:
    source = (identity.study_instance_uid, identity.series_instance_uid, algorithm.name, algorithm.version)
    return generate_uid(entropy_srcs=["\n".join((*source, kind, what))])


def _name(instance: SOPClass, uid: UID) -> None:
    instance.SOPInstanceUID = uid
    instance.file_meta.MediaStorageSOPInstanceUID = uid
