"""Which patient and series each RSNA image belongs to: in no table, only in 752 803 headers."""

import hashlib
from pathlib import Path

import pandas as pd
from pydicom import dcmread
from tqdm import tqdm

from services.ct_segmentation.training.datasets.labelled_study import LeftOut
from services.ct_segmentation.training.datasets.tables import read_table

COLUMNS = ["image", "patient", "series"]


def index_images(folder: Path, cache: Path | None) -> tuple[pd.DataFrame, list[LeftOut]]:
    """A row (image, patient, series) per readable file of ``folder``, and the files that are not.

    With ``cache``, the index is kept there under a name that changes with the list of files.
    """
    names = sorted(path.stem for path in folder.iterdir() if path.suffix == ".dcm")
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    kept = cache / f"rsna2019-index-{digest}.csv" if cache else None
    if kept and kept.is_file():
        index = read_table(kept, COLUMNS)
    else:
        rows = [_row(folder, name) for name in tqdm(names, desc="indexing", unit="image", leave=False)]
        index = pd.DataFrame(rows, columns=COLUMNS)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_suffix(".unfinished")
            index.to_csv(unfinished, index=False)
            unfinished.replace(kept)
    readable = index[index["series"] != ""]
    unreadable = [
        LeftOut(name, "image_unreadable", f"{name}.dcm has no readable header with a series; download it again.")
        for name in index["image"][index["series"] == ""]
    ]
    return readable, unreadable


def _row(folder: Path, name: str) -> tuple[str, str, str]:
    try:
        header = dcmread(
            folder / f"{name}.dcm", stop_before_pixels=True, specific_tags=["PatientID", "SeriesInstanceUID"]
        )
    except Exception:  # pydicom raises whatever a broken header leads it to; the row says it
        return name, "", ""
    return name, str(header.get("PatientID", "")).strip(), str(header.get("SeriesInstanceUID", "")).strip()
