"""A NIfTI image and its NIfTI outline, both turned to the radiological view by the same axes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.geometry import CanonicalView, canonical_view
from services.ct_segmentation.reading.nifti import MILLIMETRES, read_nifti
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.training.datasets.errors import (
    DatasetLabelMapError,
    ImageUnreadableError,
    LabelsMismatchError,
)
from services.ct_segmentation.training.datasets.labelled_study import (
    Label,
    LabelledStudy,
    LeftOut,
    Outlines,
    types_of_labels,
)
from services.ct_segmentation.volume import CtVolume
from shared.errors import InputRefusedError

SUFFIXES = (".nii.gz", ".nii")
# Headers of an image and its outline may differ by rounding; a corner further off than half a voxel lies elsewhere.
SAME_PLACE_VOXELS = 0.5


@dataclass(frozen=True)
class NiftiPair:
    """``labels`` uint8 (S, H, W) in the view's order; ``view`` as of ``geometry.canonical_view``."""

    view: CanonicalView
    labels: NDArray[np.uint8]
    left_out: tuple[LeftOut, ...]


def read_pair(image: Path, outline: Path, codes: Mapping[int, Label] | Label) -> NiftiPair:
    """Read an image and its outline.

    ``codes`` are the set's own, non-zero label codes, or the one label that every non-zero voxel means.

    Voxels are paired by index, as all published code for these sets does; where the outline's header places them
    elsewhere, that is named. Sets are in millimetres also where a header does not say so.

    Raises ImageUnreadableError, LabelsMismatchError, DatasetLabelMapError, and NotAxialError of the geometry.
    """
    volume = _read_image(image)
    view = canonical_view(volume)
    values, affine = _read_outline(outline)
    if values.shape != volume.hu.shape:
        shapes = " and ".join("x".join(map(str, shape[::-1])) for shape in (volume.hu.shape, values.shape))
        raise LabelsMismatchError(f"{image.name} and its outline have {shapes} voxels; download both again.")
    left_out = []
    if affine is not None and not _same_place(volume, affine):
        detail = (
            f"The outline's header of {outline.name} places its voxels elsewhere than the image's; paired by index."
        )
        left_out.append(LeftOut(image.name, "outline_placed_elsewhere", detail))
    coded = _coded(values, codes, outline.name)
    # The geometry turns volumes: the outline takes the image's place in one, and so its exact way.
    labels = canonical_view(replace(volume, hu=coded)).hu.astype(np.uint8, order="C")
    return NiftiPair(view, labels, tuple(left_out))


def outlined_study(
    dataset: str, study: str, patient: str, pair: NiftiPair, told_apart: frozenset[Label]
) -> LabelledStudy:
    """A study whose types follow from its complete outline, of which ``told_apart`` are the labels in use."""
    slice_types = types_of_labels(pair.labels, told_apart)
    return LabelledStudy(
        dataset=dataset,
        study=study,
        patient=patient,
        hu=np.ascontiguousarray(pair.view.hu),
        affine=pair.view.affine,
        slice_types=slice_types,
        study_types=slice_types.of_study(),
        outlines=Outlines(pair.labels, told_apart, np.ones(len(pair.labels), np.bool_)),
        left_out=pair.left_out,
    )


def pair_up(images: Mapping[str, Path], outlines: Mapping[str, Path]) -> tuple[list[str], list[LeftOut]]:
    """Ids with both files, and those with one of them."""
    left_out = [
        LeftOut(name, "outline_missing", f"{images[name].name} has no outline and is left out.")
        for name in images
        if name not in outlines
    ]
    left_out += [
        LeftOut(name, "image_missing", f"The outline {outlines[name].name} has no image.")
        for name in outlines
        if name not in images
    ]
    return [name for name in images if name in outlines], left_out


def nifti_files(folder: Path) -> dict[str, Path]:
    """Files named ``ID.nii.gz`` or ``ID.nii`` in ``folder`` by their id; empty where there is no such folder."""
    found = {}
    for suffix in SUFFIXES:
        found.update({path.name.removesuffix(suffix): path for path in folder.glob(f"*{suffix}")})
    return {name: found[name] for name in sorted(found) if not name.startswith(".")}


def _read_image(path: Path) -> CtVolume:
    try:
        return read_nifti(StudyFile(path.name, lambda: path.open("rb")), unit_if_unnamed=MILLIMETRES)
    except (InputRefusedError, OSError) as error:
        reason = error.detail if isinstance(error, InputRefusedError) else str(error)
        raise ImageUnreadableError(f"{path.name}: {reason}") from error


def _read_outline(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Values (S, H, W) in the file's order, and the LPS affine where the header has one."""
    try:
        image = nib.Nifti1Image.from_filename(path)
        values = np.asarray(image.dataobj, np.float64)
    except Exception as error:  # nibabel raises whatever a broken file leads it to
        raise ImageUnreadableError(f"The outline {path.name} cannot be read ({type(error).__name__}).") from error
    header = image.header
    placed = int(header["sform_code"]) > 0 or int(header["qform_code"]) > 0
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ np.asarray(image.affine, np.float64) if placed else None
    if values.ndim == 4 and values.shape[3] == 1:
        values = values[..., 0]
    return values.T, affine  # (columns, rows, slices) to (S, H, W)


def _same_place(volume: CtVolume, outline: NDArray[np.float64]) -> bool:
    slices, rows, columns = volume.hu.shape
    corners = np.array([[i, j, k, 1] for i in (0, columns - 1) for j in (0, rows - 1) for k in (0, slices - 1)])
    distances = np.linalg.norm(corners @ (volume.affine - outline)[:3].T, axis=1)  # (8,) mm
    return bool(distances.max() <= SAME_PLACE_VOXELS * min(volume.spacing_mm))


def _coded(values: NDArray[np.float64], codes: Mapping[int, Label] | Label, name: str) -> NDArray[np.int16]:
    """The set's codes as ours."""
    if not isinstance(codes, Mapping):
        return np.where(values != 0, int(codes), 0).astype(np.int16)
    found = np.unique(values)
    unknown = [value for value in found.tolist() if value != 0 and value not in codes]
    if unknown:
        raise DatasetLabelMapError(
            f"{name} holds the codes {unknown[:5]}, where the set publishes {sorted(codes)}; is it another version?"
        )
    coded = np.zeros(values.shape, np.int16)
    for code, label in codes.items():
        coded[values == code] = label
    return coded
