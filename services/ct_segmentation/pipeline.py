"""The way of one study, top to bottom: files in; masks, measurements, pictures and volumes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.dicom_output.identifiers import Algorithm, tracking_uid
from services.ct_segmentation.dicom_output.objects import write_dicom_objects
from services.ct_segmentation.dicom_output.obstacles import dicom_peculiarities
from services.ct_segmentation.dicom_output.secondary_capture import capture_notes
from services.ct_segmentation.geometry import CanonicalView, canonical_view, upright_grid
from services.ct_segmentation.measurements import without_specks
from services.ct_segmentation.network import SlicePredictions
from services.ct_segmentation.network_grid import NetworkGrid, network_grid
from services.ct_segmentation.nifti_output import write_nifti
from services.ct_segmentation.operating_points import DOUBTED, SURE
from services.ct_segmentation.preview import montage, outlined_slice, slice_preview
from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.report import HAEMATOMA, OEDEMA, Outlined, make_report
from services.ct_segmentation.volume import CtVolume, voxel_ml_of
from shared.contracts.ct import CtReport, Peculiarity
from shared.observability.logs import logger

log = logger(__name__)

NIFTI = "application/gzip"
DICOM = "application/dicom"
# Where each stage ends, as a share of a typical run: segmenting takes most of the time.
READ, SEGMENTED, MEASURED, WRITTEN = 0.2, 0.8, 0.85, 0.97

ReportProgress = Callable[[float, str], None]


class Network(Protocol):
    """What the pipeline needs of a network; ``network.HaemorrhageNetwork`` is the one shipped."""

    @property
    def name(self) -> str:
        """Name of the model, as results store it."""

    @property
    def version(self) -> str:
        """Version of the model, as results store it."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """Probability from which on "haematoma", "oedema" and each type count as present."""

    def predict(self, hu: NDArray[np.int16], progress: Callable[[float], None]) -> SlicePredictions:
        """Predict a canonical volume (S, H, W) of HU with square pixels."""


@dataclass(frozen=True)
class AnalysisFile:
    """A file that the analysis wrote, and its media type."""

    path: Path
    media_type: str


@dataclass(frozen=True)
class CtAnalysis:
    """The result for one study.

    ``labels`` is uint8 (S, H, W) on the acquired grid, in the order of ``volume.hu`` and ``volume.identity``:
    0 background, 1 haematoma, 2 oedema. ``files`` has the roles "volume" and "mask" (NIfTI on one orthogonal grid, for
    viewers), "doubt" (likewise, where the network is undecided), "native_mask" (NIfTI on the acquired grid),
    "preview" and "montage" (PNG). From DICOM come, where nothing hinders, "segmentation", "structured_report" and
    "secondary_capture" (DICOM).
    """

    report: CtReport
    volume: CtVolume
    labels: NDArray[np.uint8]
    files: dict[str, AnalysisFile]


def analyse(files: Sequence[StudyFile], network: Network, report_progress: ReportProgress, folder: Path) -> CtAnalysis:
    """Analyse the head CT in ``files`` and write its pictures and volumes into ``folder``.

    ``report_progress`` hears the share done (0 to 1) and the stage; what it raises, such as a deadline, ends
    the analysis.

    Raises an InputRefusedError of ``services.ct_segmentation.errors`` when the study cannot be analysed.
    """
    volume = read_study(files, lambda share: report_progress(READ * share, "reading"))
    view = canonical_view(volume)
    grid = network_grid(view.hu.shape, view.spacing_mm)
    predictions = network.predict(
        grid.average(view.hu), lambda share: report_progress(READ + (SEGMENTED - READ) * share, "segmenting")
    )
    report_progress(SEGMENTED, "measuring")
    outlined = _outlined(predictions, grid, network.thresholds, voxel_ml_of(view.affine))
    native = view.to_native(outlined.labels)
    algorithm = Algorithm(network.name, network.version)
    report = make_report(
        volume,
        view,
        outlined,
        network.thresholds,
        (*grid.peculiarities, *dicom_peculiarities(volume.identity, native)),
        tracking_uid(volume.identity, algorithm, "haematoma") if volume.identity else None,
    )
    report_progress(MEASURED, "writing")
    written = _write(volume, view, outlined.labels, native, report, folder)
    written["doubt"] = _write_doubt(view, grid.spread(predictions.doubt), folder)
    report, dicom = _write_dicom(volume, view, outlined.labels, native, report, algorithm, folder)
    report_progress(WRITTEN, "writing")
    return CtAnalysis(report, volume, native, written | dicom)


def _outlined(
    predictions: SlicePredictions, grid: NetworkGrid, thresholds: Mapping[str, float], voxel_ml: float
) -> Outlined:
    """Label every voxel of the view (S, H, W): haematoma before oedema, specks left out."""
    haematoma, oedema = grid.spread(predictions.haematoma), grid.spread(predictions.oedema)
    bleeding = without_specks(haematoma >= 255 * thresholds["haematoma"], voxel_ml)
    swollen = without_specks((oedema >= 255 * thresholds["oedema"]) & ~bleeding, voxel_ml)
    labels = np.zeros(haematoma.shape, np.uint8)
    labels[swollen] = OEDEMA
    labels[bleeding] = HAEMATOMA
    sure, doubtful = (
        float(np.count_nonzero(without_specks(haematoma >= 255 * level, voxel_ml)) * voxel_ml)
        for level in (SURE, DOUBTED)
    )
    types = {name: grid.repeat(probabilities) for name, probabilities in predictions.types.items()}
    return Outlined(labels, types, (sure, doubtful))


def _write(
    volume: CtVolume,
    view: CanonicalView,
    labels: NDArray[np.uint8],
    native: NDArray[np.uint8],
    report: CtReport,
    folder: Path,
) -> dict[str, AnalysisFile]:
    upright = upright_grid(view)
    write_nifti(folder / "volume.nii.gz", upright.shear(view.hu), upright.affine)
    write_nifti(folder / "mask.nii.gz", upright.shear(labels, fill=0), upright.affine)
    write_nifti(folder / "native_mask.nii.gz", native, volume.affine)
    shown = _shown_slice(report, view)
    (folder / "preview.png").write_bytes(slice_preview(view.hu, labels, view.spacing_mm, shown))
    (folder / "montage.png").write_bytes(montage(view.hu, labels, view.spacing_mm))
    return {
        "volume": AnalysisFile(folder / "volume.nii.gz", NIFTI),
        "mask": AnalysisFile(folder / "mask.nii.gz", NIFTI),
        "native_mask": AnalysisFile(folder / "native_mask.nii.gz", NIFTI),
        "preview": AnalysisFile(folder / "preview.png", "image/png"),
        "montage": AnalysisFile(folder / "montage.png", "image/png"),
    }


def _write_doubt(view: CanonicalView, doubt: NDArray[np.uint8], folder: Path) -> AnalysisFile:
    """Where the network is undecided, on the grid of "volume": entropy in bits x 255."""
    upright = upright_grid(view)
    write_nifti(folder / "doubt.nii.gz", upright.shear(doubt, fill=0), upright.affine)
    return AnalysisFile(folder / "doubt.nii.gz", NIFTI)


def _write_dicom(
    volume: CtVolume,
    view: CanonicalView,
    labels: NDArray[np.uint8],
    native: NDArray[np.uint8],
    report: CtReport,
    algorithm: Algorithm,
    folder: Path,
) -> tuple[CtReport, dict[str, AnalysisFile]]:
    """The DICOM objects, and the report, which says so where they could not be made."""
    shown = _shown_slice(report, view)
    try:
        picture = outlined_slice(view.hu, labels, view.spacing_mm, shown, capture_notes(report, algorithm))
        written = write_dicom_objects(volume, native, report, picture, view.native_slice(shown), algorithm, folder)
    except Exception as error:
        # Whatever a header holds that nobody foresaw, the finding and its alert must not wait for it. The message is
        # not logged: it may quote the header.
        place = extract_tb(error.__traceback__)[-1]
        log.error("dicom_objects_failed", error=type(error).__name__, where=f"{place.name}:{place.lineno}")
        failed = Peculiarity(
            code="dicom_objects_failed",
            detail=f"No DICOM objects could be made of this result ({type(error).__name__}); report it, with the log.",
        )
        return report.model_copy(update={"peculiarities": [*report.peculiarities, failed]}), {}
    return report, {role: AnalysisFile(path, DICOM) for role, path in written.items()}


def _shown_slice(report: CtReport, view: CanonicalView) -> int:
    return report.largest_lesion_slice if report.largest_lesion_slice is not None else len(view.hu) // 2
