"""The finding in numbers as a DICOM structured report by TID 1500."""

from typing import Any

import highdicom.sr
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sr import TrackingIdentifier
from pydicom import Dataset
from pydicom.sr.coding import Code

from services.ct_segmentation.dicom_output import coding
from services.ct_segmentation.dicom_output.identifiers import (
    PROVISIONAL_UID,
    Algorithm,
    device_uid,
    series_uid,
    tracking_uid,
)
from services.ct_segmentation.dicom_output.sources import MANUFACTURER, equipment, evidence, finish
from services.ct_segmentation.volume import SeriesIdentity
from shared.contracts.ct import CtReport
from shared.contracts.local_codes import SCHEME, SCHEME_UID

SERIES_NUMBER = 9002
# A thousandth of a millilitre is a fraction of a voxel.
DECIMALS = 3
NOTICE = "Automatic result, not verified by a person. Research use only; not a medical device."

Group = highdicom.sr.MeasurementsAndQualitativeEvaluations
RegionGroup = highdicom.sr.VolumetricROIMeasurementsAndQualitativeEvaluations


def make_structured_report(
    identity: SeriesIdentity, report: CtReport, segmentation: Dataset | None, algorithm: Algorithm
) -> highdicom.sr.Comprehensive3DSR:
    """``report`` as a preliminary, unverified document.

    One group speaks of the study as a whole: whether bleeding is suspected, how probable each type is, and every review
    flag as a comment. Each class of lesion is a group that refers to its segment in ``segmentation``; without one, its
    numbers stand alone.
    """
    writer = _GroupWriter(identity, algorithm)
    groups = [
        writer.study(report),
        *(writer.lesion(name, report, segmentation) for name in coding.LESIONS if _volume_ml(report, name)),
    ]
    instance = highdicom.sr.Comprehensive3DSR(
        evidence=[*evidence(identity), *([segmentation] if segmentation is not None else [])],
        content=highdicom.sr.MeasurementReport(
            observation_context=_observed_by(algorithm),
            procedure_reported=coding.CT_OF_HEAD,
            imaging_measurements=groups,
        ),
        series_instance_uid=series_uid(identity, algorithm, "structured_report"),
        series_number=SERIES_NUMBER,
        sop_instance_uid=PROVISIONAL_UID,
        instance_number=1,
        is_complete=True,
        is_final=False,
        is_verified=False,
        series_description="UNVERIFIED haemorrhage measurements (research use only)",
        coding_schemes=[_private_scheme()],
        **equipment(algorithm),
    )
    finish(instance, identity.header)
    return instance


class _GroupWriter:
    """Writes measurement groups that all name the same algorithm."""

    def __init__(self, identity: SeriesIdentity, algorithm: Algorithm) -> None:
        self._identity = identity
        self._algorithm = algorithm

    def study(self, report: CtReport) -> Group:
        """Whether the study shows bleeding at all, and what a person should look at."""
        group = Group(
            **self._named("haemorrhage", coding.HAEMORRHAGE, coding.BRAIN),
            measurements=[
                highdicom.sr.Measurement(coding.probability(name), round(share, DECIMALS), coding.UNITY)
                for name, share in report.type_probabilities.items()
            ],
            qualitative_evaluations=[
                highdicom.sr.QualitativeEvaluation(
                    coding.PRESENCE, coding.PRESENT if report.haemorrhage_suspected else coding.ABSENT
                )
            ],
        )
        for text in (NOTICE, *(f"{flag.code}: {flag.detail}" for flag in report.review_flags)):
            group[0].ContentSequence.append(
                highdicom.sr.TextContentItem(coding.COMMENT, text, highdicom.sr.RelationshipTypeValues.CONTAINS)
            )
        return group

    def lesion(self, name: str, report: CtReport, segmentation: Dataset | None) -> Group | RegionGroup:
        """One class of lesion: its volume, and ABC/2 where it was measured."""
        measurements = [_volume(_volume_ml(report, name), coding.VOXEL_COUNT)]
        if name == "haematoma" and report.abc_over_2 is not None:
            measurements.append(_volume(report.abc_over_2.volume_ml, coding.ABC_HALF))
            measurements.extend(
                highdicom.sr.Measurement(
                    axis, round(getattr(report.abc_over_2, part), DECIMALS), coding.MILLIMETRE, method=coding.ABC_HALF
                )
                for part, axis in coding.ABC_AXES.items()
            )
        named = self._named(name, coding.LESIONS[name], coding.BRAIN, coding.ABNORMALITY)
        number = _segment_number(segmentation, named["tracking_identifier"])
        if segmentation is None or number is None:
            return Group(**named, measurements=measurements)
        # Built by hand: ReferencedSegment.from_segmentation fails where there is only one segment.
        segment = highdicom.sr.ReferencedSegment(
            sop_class_uid=segmentation.SOPClassUID,
            sop_instance_uid=segmentation.SOPInstanceUID,
            segment_number=number,
            source_series=highdicom.sr.SourceSeriesForSegmentation(self._identity.series_instance_uid),
        )
        return RegionGroup(**named, referenced_segment=segment, measurements=measurements)

    def _named(self, name: str, finding: Code, site: Code, category: Code | None = None) -> dict[str, Any]:
        """What every group begins with."""
        return {
            "tracking_identifier": TrackingIdentifier(
                uid=tracking_uid(self._identity, self._algorithm, name), identifier=name
            ),
            "finding_category": category,
            "finding_type": finding,
            "finding_sites": [highdicom.sr.FindingSite(site)],
            "algorithm_id": highdicom.sr.AlgorithmIdentification(
                name=self._algorithm.name,
                version=self._algorithm.version,
                family=coding.ARTIFICIAL_INTELLIGENCE,
                manufacturer=MANUFACTURER,
            ),
        }


def _private_scheme() -> CodingSchemeIdentificationItem:
    return CodingSchemeIdentificationItem(
        designator=SCHEME, uid=SCHEME_UID, name=f"Codes of {MANUFACTURER}", responsible_organization=MANUFACTURER
    )


def _observed_by(algorithm: Algorithm) -> highdicom.sr.ObservationContext:
    device = highdicom.sr.DeviceObserverIdentifyingAttributes(
        uid=device_uid(algorithm),
        name=algorithm.name,
        manufacturer_name=MANUFACTURER,
        model_name=algorithm.name,
        serial_number=algorithm.version,
    )
    return highdicom.sr.ObservationContext(
        observer_device_context=highdicom.sr.ObserverContext(
            observer_type=coding.DEVICE, observer_identifying_attributes=device
        )
    )


def _segment_number(segmentation: Dataset | None, tracking: TrackingIdentifier) -> int | None:
    """The segment of the same finding; None where its slices could not be outlined."""
    uid = tracking[-1].UID
    for segment in segmentation.SegmentSequence if segmentation is not None else ():
        if segment.TrackingUID == uid:
            return int(segment.SegmentNumber)
    return None


def _volume_ml(report: CtReport, name: str) -> float:
    return report.haematoma_ml if name == "haematoma" else report.oedema_ml


def _volume(ml: float, method: Code) -> highdicom.sr.Measurement:
    return highdicom.sr.Measurement(coding.VOLUME, round(ml, DECIMALS), coding.MILLILITRE, method=method)
