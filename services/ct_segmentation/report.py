"""The finding in numbers, from masks and probabilities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.geometry import CanonicalView
from services.ct_segmentation.measurements import AbcHalf, Measurement, measure
from services.ct_segmentation.operating_points import highest, types_seen
from services.ct_segmentation.radiomics.features import radiomics
from services.ct_segmentation.review import review_flags
from services.ct_segmentation.volume import CtVolume
from shared.contracts.ct import (
    AbcOver2,
    Component,
    CtGeometry,
    CtReport,
    LesionClass,
    Peculiarity,
    Radiomics,
    is_dicom_uid,
)

HAEMATOMA, OEDEMA = 1, 2


@dataclass(frozen=True)
class Outlined:
    """What the network's probabilities come to on a view.

    ``labels`` (S, H, W): 0 background, 1 haematoma, 2 oedema. ``slice_types``: probability per slice (S,) and trained
    type. ``haematoma_ml_range``: the volume of what bleeds for sure, and with all that is doubtful.
    """

    labels: NDArray[np.uint8]
    slice_types: Mapping[str, NDArray[np.float32]]
    haematoma_ml_range: tuple[float, float]


def make_report(
    volume: CtVolume,
    view: CanonicalView,
    outlined: Outlined,
    thresholds: Mapping[str, float],
    further: tuple[Peculiarity, ...] = (),
    tracking_uid: str | None = None,
) -> CtReport:
    """Measure what was outlined on the view's own grid.

    The view holds the acquired voxels, so that mL = voxels x |det(affine)| / 1000 is true for tilted scans too.
    ``tracking_uid`` is what a haematoma is to be called.
    """
    labels, types = outlined.labels, highest(outlined.slice_types)
    haematoma = measure(labels == HAEMATOMA, view.affine)
    oedema = measure(labels == OEDEMA, view.affine)
    peculiarities = (*volume.peculiarities, *view.peculiarities, *further)
    slices, rows, columns = view.hu.shape
    main = haematoma if haematoma.lesions else oedema
    return CtReport(
        haematoma_ml=haematoma.volume_ml,
        oedema_ml=oedema.volume_ml,
        abc_over_2=_abc_over_2(haematoma.abc_half),
        components=[*_components("haematoma", haematoma), *_components("oedema", oedema)],
        largest_lesion_slice=main.largest_slice,
        type_probabilities=types,
        slice_type_probabilities={
            name: [round(float(p), 4) for p in probabilities] for name, probabilities in outlined.slice_types.items()
        },
        haematoma_ml_range=outlined.haematoma_ml_range,
        haemorrhage_suspected=bool(haematoma.lesions) or bool(types_seen(types, thresholds)),
        geometry=CtGeometry(
            slices=slices,
            rows=rows,
            columns=columns,
            spacing_mm=view.spacing_mm,
            tilt_degrees=round(volume.tilt_degrees, 2),
        ),
        peculiarities=list(peculiarities),
        review_flags=review_flags(haematoma, types, thresholds, slices, _interpolated(volume, view), peculiarities),
        study_instance_uid=_well_formed(volume.identity.study_instance_uid) if volume.identity else None,
        series_instance_uid=_well_formed(volume.identity.series_instance_uid) if volume.identity else None,
        tracking_uid=tracking_uid if haematoma.lesions else None,
        acquired_at=volume.acquisition.acquired_at,
        radiomics=_radiomics(view, labels),
    )


def _radiomics(view: CanonicalView, labels: NDArray[np.uint8]) -> dict[LesionClass, Radiomics]:
    classes: dict[LesionClass, int] = {"haematoma": HAEMATOMA, "oedema": OEDEMA}
    found = {name: radiomics(view.hu, labels == label, view.affine) for name, label in classes.items()}
    return {name: features for name, features in found.items() if features}


def _well_formed(uid: str) -> str | None:
    """``uid`` as it stands in the header, None where others could not look it up: nothing was checked on reading."""
    return uid if is_dicom_uid(uid) else None


def _components(label: str, measurement: Measurement) -> Iterator[Component]:
    for lesion in measurement.lesions:
        yield Component(
            label="haematoma" if label == "haematoma" else "oedema",
            volume_ml=lesion.volume_ml,
            centroid_mm=lesion.centroid_mm,
            first_slice=lesion.first_voxel[0],
            last_slice=lesion.last_voxel[0],
        )


def _abc_over_2(abc: AbcHalf | None) -> AbcOver2 | None:
    if abc is None:
        return None
    return AbcOver2(a_mm=abc.a_mm, b_mm=abc.b_mm, c_mm=abc.c_mm, volume_ml=abc.volume_ml)


def _interpolated(volume: CtVolume, view: CanonicalView) -> list[int]:
    """The view's slices that no source slice stands behind."""
    if volume.identity is None:
        return []
    natives = ((index, view.native_slice(index)) for index in range(len(view.hu)))
    uids = volume.identity.sop_instance_uids
    return [index for index, native in natives if native is not None and uids[native] is None]
