"""The outlines as a DICOM Segmentation on the acquired grid."""

import highdicom
import numpy as np
from highdicom.seg import SegmentAlgorithmTypeValues, SegmentationTypeValues, SegmentDescription
from numpy.typing import NDArray
from pydicom import Dataset

from services.ct_segmentation.dicom_output import coding
from services.ct_segmentation.dicom_output.identifiers import (
    PROVISIONAL_UID,
    Algorithm,
    related_uid,
    series_uid,
    tracking_uid,
)
from services.ct_segmentation.dicom_output.sources import (
    MANUFACTURER,
    acquired_slices,
    equipment,
    finish,
    reference_to,
    source_images,
    source_instances,
    stand_in_uid,
)
from services.ct_segmentation.preview import OUTLINES
from services.ct_segmentation.report import HAEMATOMA, OEDEMA
from services.ct_segmentation.volume import CtVolume, SeriesIdentity

SERIES_NUMBER = 9001  # beyond what scanners count to
LABEL_VALUES = {"haematoma": HAEMATOMA, "oedema": OEDEMA}


def make_segmentation(
    volume: CtVolume, identity: SeriesIdentity, labels: NDArray[np.uint8], algorithm: Algorithm
) -> highdicom.seg.Segmentation:
    """A binary segmentation of ``labels`` (S, H, W; native order; 1 haematoma, 2 oedema), one segment per class there.

    Where nothing was found its one segment, the haematoma, is empty, as the series' description says: without it, a
    head in which nothing was found would look in the PACS like one that was never analysed.

    Every acquired slice has a frame in every segment, an empty one too: several viewers count frames instead of reading
    their positions, and would shift the outline. Slices that were interpolated are left out, since no image is theirs.

    Not for lesions on interpolated slices alone, which would look like none: see ``obstacles.has_segmentation``.
    """
    acquired = acquired_slices(identity)
    shown = labels if len(acquired) == len(labels) else labels[acquired]
    found = [name for name, value in LABEL_VALUES.items() if (shown == value).any()]
    segments = found or ["haematoma"]
    outlined = "haemorrhage outlines" if found else "no haemorrhage outlined"
    if segments == ["oedema"]:  # segments are numbered from 1 without gaps
        shown = (shown == OEDEMA).astype(np.uint8)
    result = highdicom.seg.Segmentation(
        source_images=source_images(volume, identity),
        pixel_array=shown,
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[
            _describe(number, name, identity, algorithm, tracked=bool(found))
            for number, name in enumerate(segments, start=1)
        ],
        series_instance_uid=series_uid(identity, algorithm, "segmentation"),
        series_number=SERIES_NUMBER,
        sop_instance_uid=PROVISIONAL_UID,
        instance_number=1,
        omit_empty_frames=False,
        content_label="HAEMORRHAGE",
        content_description=f"UNVERIFIED: {outlined}, research use only",
        series_description=f"UNVERIFIED {outlined} (research use only)",
        **equipment(algorithm),
    )
    _fix_dimensions(result, identity, algorithm)
    _refer_to_sources(result, identity)
    finish(result, identity.header)
    return result


def _describe(
    number: int, name: str, identity: SeriesIdentity, algorithm: Algorithm, tracked: bool
) -> SegmentDescription:
    blue, green, red = OUTLINES[LABEL_VALUES[name]]
    return SegmentDescription(
        segment_number=number,
        segment_label=name.capitalize(),
        segmented_property_category=coding.ABNORMALITY,
        segmented_property_type=coding.LESIONS[name],
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=highdicom.AlgorithmIdentificationSequence(
            name=algorithm.name,
            family=coding.ARTIFICIAL_INTELLIGENCE,
            version=algorithm.version,
            source=MANUFACTURER,
        ),
        tracking_uid=tracking_uid(identity, algorithm, name) if tracked else None,
        tracking_id=name if tracked else None,
        anatomic_regions=[coding.BRAIN],
        display_color=highdicom.color.CIELabColor.from_rgb(red, green, blue),
    )


def _fix_dimensions(result: Dataset, identity: SeriesIdentity, algorithm: Algorithm) -> None:
    """highdicom draws the dimensions' identifier by lot."""
    uid = related_uid(identity, algorithm, "dimensions")
    for item in (*result.DimensionOrganizationSequence, *result.DimensionIndexSequence):
        item.DimensionOrganizationUID = uid


def _refer_to_sources(result: Dataset, identity: SeriesIdentity) -> None:
    """Put the true references, frame numbers included, in the place of the stand-ins that highdicom was shown."""
    slices = {stand_in_uid(k): k for k in acquired_slices(identity)}
    for group in result.PerFrameFunctionalGroupsSequence:
        (source,) = group.DerivationImageSequence[0].SourceImageSequence
        k = slices.get(source.ReferencedSOPInstanceUID)
        if k is not None:  # the frames of all segments of a slice share one item
            source.update(reference_to(identity, str(identity.sop_instance_uids[k]), identity.frame_numbers[k]))
    instances = [reference_to(identity, uid) for uid in source_instances(identity)]
    result.SourceImageSequence = instances
    result.ReferencedSeriesSequence[0].ReferencedInstanceSequence = instances
