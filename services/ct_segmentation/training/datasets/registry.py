"""Every public set by name."""

from collections.abc import Callable
from pathlib import Path

from services.ct_segmentation.training.datasets.bhsd import Bhsd
from services.ct_segmentation.training.datasets.cq500 import Cq500
from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.errors import DatasetFileMissingError, DatasetUnknownError
from services.ct_segmentation.training.datasets.instance22 import Instance22
from services.ct_segmentation.training.datasets.physionet_ct_ich import PhysionetCtIch
from services.ct_segmentation.training.datasets.rsna2019 import Rsna2019

# Name to what opens its folder, given a folder for what is worth keeping between runs.
DATASETS: dict[str, Callable[[Path, Path | None], LabelledDataset]] = {
    Bhsd.name: lambda folder, _: Bhsd(folder),
    Cq500.name: lambda folder, _: Cq500(folder),
    Instance22.name: lambda folder, _: Instance22(folder),
    PhysionetCtIch.name: lambda folder, _: PhysionetCtIch(folder),
    Rsna2019.name: Rsna2019,
}


def open_dataset(name: str, folder: Path, cache: Path | None = None) -> LabelledDataset:
    """The set ``name`` in ``folder``. Raises a DatasetError that says what is missing or wrong."""
    if name not in DATASETS:
        raise DatasetUnknownError(f"There is no reader {name!r}; choose one of {', '.join(DATASETS)}.")
    if not folder.is_dir():
        raise DatasetFileMissingError(f"There is no folder {folder}; give the one the set was unpacked to.")
    return DATASETS[name](folder, cache)
