"""What a DICOM file says about its slices, before its pixels are decoded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydicom import Dataset, config, dcmread

from services.ct_segmentation.errors import (
    DicomGeometryMissingError,
    DicomTruncatedError,
    DicomUnreadableError,
    MissingRescaleError,
    NotHounsfieldError,
)
from services.ct_segmentation.reading.study_files import StudyFile

# pydicom's warnings about odd values quote them, and would carry patient data into logs; what matters is checked here.
config.settings.reading_validation_mode = config.IGNORE

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class SeriesFacts:
    """What is the same in every slice of a proper series."""

    patient_id: str  # compared, never reported
    study_instance_uid: str
    series_instance_uid: str
    frame_of_reference_uid: str | None
    sop_class_uid: str
    transfer_syntax_uid: str
    modality: str
    image_type: tuple[str, ...]
    samples_per_pixel: int
    body_part: str
    series_description: str  # searched for signs of contrast, never reported
    contrast_agent_given: bool
    burned_in_annotation: bool
    lossy_compressed: bool
    manufacturer: str | None
    model: str | None
    kernel: str | None
    kvp: float | None
    slice_thickness_mm: float | None
    reconstruction_diameter_mm: float | None
    gantry_tilt_degrees: float | None


@dataclass(frozen=True)
class SliceHeader:
    """One slice: where it lies, how its stored values become Hounsfield units, and which file and frame holds it.

    ``position`` is the centre of the first pixel, ``row_direction`` points along a row (growing column index) and
    ``column_direction`` along a column (growing row index), all in patient LPS coordinates, in mm.
    """

    file: StudyFile
    number: int  # place in the upload, from 1
    frame: int  # from 0
    sop_instance_uid: str
    instance_number: int | None
    rows: int
    columns: int
    position: Vector
    row_direction: Vector
    column_direction: Vector
    row_spacing_mm: float
    column_spacing_mm: float
    slope: float
    intercept: float


def read_dataset(file: StudyFile, number: int) -> Dataset | None:
    """The data set in ``file``, or None when it is not DICOM. ``number`` names the file in errors.


    A file without the 128-byte preamble counts as DICOM when its first elements name a SOP class.

    Raises DicomTruncatedError, DicomUnreadableError.
    """
    with file.open() as stream:
        try:
            has_preamble = stream.read(132)[128:] == b"DICM"
            stream.seek(0)
            dataset = dcmread(stream, force=not has_preamble)
            if has_preamble or "SOPClassUID" in dataset:
                return dataset
        except EOFError as error:
            raise DicomTruncatedError(
                f"File {number} of the upload ends too early; export the series again."
            ) from error
        except Exception as error:  # pydicom raises whatever a broken header leads it to
            if not has_preamble:
                return None
            raise DicomUnreadableError(
                f"The DICOM elements of file {number} of the upload cannot be read ({type(error).__name__}); "
                "export the series again."
            ) from error
    return None


def series_facts(dataset: Dataset) -> SeriesFacts:
    """The series-wide elements of ``dataset``; whatever is absent is empty or None."""
    shared = _first(dataset, "SharedFunctionalGroupsSequence")
    frame_type = _first(shared, "CTImageFrameTypeSequence")
    reconstruction = _first(shared, "CTReconstructionSequence")
    measures = _first(shared, "PixelMeasuresSequence")
    return SeriesFacts(
        patient_id=_text(dataset, "PatientID"),
        study_instance_uid=_text(dataset, "StudyInstanceUID"),
        series_instance_uid=_text(dataset, "SeriesInstanceUID"),
        frame_of_reference_uid=_text(dataset, "FrameOfReferenceUID") or None,
        sop_class_uid=_text(dataset, "SOPClassUID"),
        transfer_syntax_uid=str(dataset.file_meta.get("TransferSyntaxUID", ""))
        if hasattr(dataset, "file_meta")
        else "",
        modality=_text(dataset, "Modality"),
        image_type=tuple(str(v) for v in dataset.get("ImageType") or frame_type.get("FrameType") or ()),
        samples_per_pixel=int(dataset.get("SamplesPerPixel") or 1),
        body_part=_text(dataset, "BodyPartExamined").upper(),
        series_description=_text(dataset, "SeriesDescription"),
        contrast_agent_given=bool(_text(dataset, "ContrastBolusAgent") or dataset.get("ContrastBolusAgentSequence")),
        burned_in_annotation=_text(dataset, "BurnedInAnnotation").upper() == "YES",
        lossy_compressed=_text(dataset, "LossyImageCompression") == "01",
        manufacturer=_text(dataset, "Manufacturer") or None,
        model=_text(dataset, "ManufacturerModelName") or None,
        kernel=_text(dataset, "ConvolutionKernel") or _text(reconstruction, "ConvolutionKernel") or None,
        kvp=_number(dataset, "KVP"),
        slice_thickness_mm=_number(dataset, "SliceThickness") or _number(measures, "SliceThickness"),
        reconstruction_diameter_mm=_number(dataset, "ReconstructionDiameter"),
        gantry_tilt_degrees=_number(dataset, "GantryDetectorTilt"),
    )


def slice_headers(dataset: Dataset, file: StudyFile, number: int) -> Iterator[SliceHeader]:
    """The slices of one CT file: one, or one per frame of an enhanced (multi-frame) image.

    Raises DicomGeometryMissingError, DicomTruncatedError, MissingRescaleError, NotHounsfieldError.
    """
    if "PixelData" not in dataset:  # it comes last: a file that was cut short anywhere lacks it
        raise DicomTruncatedError(f"File {number} of the upload has no pixel data; export the series again.")
    shared = _first(dataset, "SharedFunctionalGroupsSequence")
    for frame in range(int(dataset.get("NumberOfFrames") or 1)):
        own = _item(dataset, "PerFrameFunctionalGroupsSequence", frame)

        def group(name: str, own: Dataset = own) -> Dataset:
            return _first(own, name) or _first(shared, name) or dataset

        slope, intercept = _rescale(group("PixelValueTransformationSequence"), number)
        orientation = _vector(group("PlaneOrientationSequence"), "ImageOrientationPatient", 6, number)
        spacing = _vector(group("PixelMeasuresSequence"), "PixelSpacing", 2, number)
        position = _vector(group("PlanePositionSequence"), "ImagePositionPatient", 3, number)
        rows, columns = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
        if min(spacing) <= 0 or rows < 2 or columns < 2:
            raise DicomGeometryMissingError(
                f"File {number} of the upload gives {rows}x{columns} pixels of {spacing[0]:g}x{spacing[1]:g} mm; "
                "export the series again with its geometry."
            )
        yield SliceHeader(
            file=file,
            number=number,
            frame=frame,
            sop_instance_uid=_text(dataset, "SOPInstanceUID"),
            instance_number=int(value) if (value := _number(dataset, "InstanceNumber")) is not None else None,
            rows=rows,
            columns=columns,
            position=(position[0], position[1], position[2]),
            row_direction=(orientation[0], orientation[1], orientation[2]),
            column_direction=(orientation[3], orientation[4], orientation[5]),
            # PixelSpacing is row spacing (between rows) first, column spacing second (PS3.3 10.7.1.3).
            row_spacing_mm=spacing[0],
            column_spacing_mm=spacing[1],
            slope=slope,
            intercept=intercept,
        )


def _rescale(source: Dataset, number: int) -> tuple[float, float]:
    slope, intercept = _number(source, "RescaleSlope"), _number(source, "RescaleIntercept")
    if slope is None or intercept is None or slope == 0:
        raise MissingRescaleError(
            f"File {number} of the upload has no usable rescale slope and intercept, so that its values are not "
            "Hounsfield units; export the original CT images."
        )
    if _text(source, "RescaleType").upper() not in ("", "HU", "HU_MOD"):
        raise NotHounsfieldError(
            f"The rescaled values of file {number} of the upload are not Hounsfield units; send the original CT images."
        )
    return slope, intercept


def _vector(source: Dataset, keyword: str, length: int, number: int) -> list[float]:
    try:
        values = [float(v) for v in source.get(keyword) or ()]
    except (TypeError, ValueError):
        values = []
    if len(values) != length or not all(abs(v) < 1e6 for v in values):
        raise DicomGeometryMissingError(
            f"File {number} of the upload has no usable {keyword}; export the series again with its geometry."
        )
    return values


def _number(source: Dataset, keyword: str) -> float | None:
    try:
        value: Any = source.get(keyword)
        return float(value) if value not in (None, "") else None
    except (TypeError, ValueError):
        return None


def _text(source: Dataset, keyword: str) -> str:
    value = source.get(keyword)
    return "" if value is None else str(value).strip()


def _first(source: Dataset, keyword: str) -> Dataset:
    return _item(source, keyword, 0)


def _item(source: Dataset, keyword: str, index: int) -> Dataset:
    items = source.get(keyword) or ()
    return items[index] if index < len(items) else Dataset()
