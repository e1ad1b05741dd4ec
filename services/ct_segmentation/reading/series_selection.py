"""Which of the uploaded files make up the one head CT series; what is left out is named, what is mixed is refused."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydicom import Dataset

from services.ct_segmentation.errors import (
    DicomTruncatedError,
    FileEmptyError,
    MixedSeriesError,
    NotCtError,
    NotDicomError,
)
from services.ct_segmentation.reading.slice_headers import (
    SeriesFacts,
    SliceHeader,
    read_dataset,
    series_facts,
    slice_headers,
)
from services.ct_segmentation.reading.study_files import StudyFile
from shared.contracts.ct import Peculiarity

# CT Image, Enhanced CT Image and Legacy Converted Enhanced CT Image Storage (PS3.4 B.5). Secondary captures and
# radiographs have other classes, even where their modality says CT.
CT_SOP_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"})
LEFT_OUT = {
    "non_dicom_left_out": "{n} file(s) that are not DICOM were left out.",
    "non_ct_left_out": "{n} DICOM object(s) that are not CT images (reports, captures and such) were left out.",
    "localizer_left_out": "{n} localizer (scout) image(s) were left out.",
}


@dataclass(frozen=True)
class SelectedSeries:
    """The slices of one series in the order of the upload, what they share, and what was left out beside them.

    ``header`` is the data set of its first file without pixels and frames; it holds patient data.
    """

    slices: tuple[SliceHeader, ...]
    facts: SeriesFacts
    header: Dataset = field(repr=False)
    left_out: tuple[Peculiarity, ...]


def select_series(files: Sequence[StudyFile], on_file: Callable[[float], None]) -> SelectedSeries:
    """Read every file's header and keep the one axial CT series among them.

    ``on_file`` hears the share of the files read so far (0 to 1).

    Raises FileEmptyError, NotDicomError, NotCtError, MixedSeriesError, and what ``slice_headers`` raises.
    """
    left_out: Counter[str] = Counter()
    slices: list[SliceHeader] = []
    series: dict[SeriesFacts, int] = {}
    headers: dict[SeriesFacts, Dataset] = {}
    modalities: Counter[str] = Counter()
    for number, file in enumerate(files, 1):
        on_file(number / len(files))
        dataset = _read(file, number)
        if dataset is None:
            left_out["non_dicom_left_out"] += 1
            continue
        facts = series_facts(dataset)
        if not facts.sop_class_uid or not facts.modality:  # both come early: the file was cut soon after its start
            raise DicomTruncatedError(f"File {number} of the upload lacks its first elements; export the series again.")
        modalities[facts.modality] += 1
        if facts.sop_class_uid not in CT_SOP_CLASSES or facts.samples_per_pixel != 1 or facts.modality != "CT":
            left_out["non_ct_left_out"] += 1
        elif "LOCALIZER" in facts.image_type:
            left_out["localizer_left_out"] += 1
        else:
            slices.extend(slice_headers(dataset, file, number))
            series[facts] = series.get(facts, 0) + 1
            if facts not in headers:
                headers[facts] = _without_pixels(dataset)
    _check(slices, series, modalities)
    facts = max(series, key=lambda facts: series[facts])
    return SelectedSeries(
        slices=tuple(slices),
        facts=facts,
        header=headers[facts],
        left_out=tuple(
            Peculiarity(code=code, detail=text.format(n=left_out[code]))
            for code, text in LEFT_OUT.items()
            if left_out[code]
        ),
    )


def _read(file: StudyFile, number: int) -> Dataset | None:
    """The file's data set, or None for a bystander that never claimed to be DICOM.

    A broken ``.dcm`` is refused rather than left out: it may have been the slice with the bleed.
    """
    claims_dicom = file.name.lower().endswith((".dcm", ".dicom", ".ima"))
    if file.name.rsplit("/", 1)[-1].upper() == "DICOMDIR":
        return None
    with file.open() as stream:
        if not stream.read(1):
            if claims_dicom:
                raise FileEmptyError(f"File {number} of the upload is empty; export the series again.")
            return None
    dataset = read_dataset(file, number)
    if dataset is not None and "DirectoryRecordSequence" in dataset:  # a DICOMDIR under another name
        return None
    if dataset is None and claims_dicom:
        raise NotDicomError(
            f"File {number} of the upload is named as DICOM but is something else; send what the PACS exports."
        )
    return dataset


def _without_pixels(dataset: Dataset) -> Dataset:
    for keyword in ("PixelData", "PerFrameFunctionalGroupsSequence"):
        dataset.pop(keyword, None)
    return dataset


def _check(slices: list[SliceHeader], series: dict[SeriesFacts, int], modalities: Counter[str]) -> None:
    if not modalities:
        raise NotDicomError("The upload holds no DICOM file; send what the PACS exports, or one NIfTI volume.")
    if not slices:
        found = ", ".join(f"{count} {name}" for name, count in sorted(modalities.items()))
        raise NotCtError(f"The upload holds no axial CT image (modalities found: {found}); send a head CT.")
    for what, values in (
        ("patients", {facts.patient_id for facts in series}),
        ("studies", {facts.study_instance_uid for facts in series}),
        ("axial CT series", {facts.series_instance_uid for facts in series}),
        ("frames of reference", {facts.frame_of_reference_uid for facts in series}),
        ("kernels", {facts.kernel for facts in series}),
    ):
        if len(values) > 1:
            raise MixedSeriesError(
                f"The {len(slices)} CT slices come from {len(values)} different {what}; send one axial series."
            )
