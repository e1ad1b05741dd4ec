"""The training slices as the network sees them: framed, labelled, decoded once and kept as memory-mapped arrays."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from services.ct_segmentation.framing import find_frame
from services.ct_segmentation.training.haematoma_labels import label_haematoma
from services.ct_segmentation.training.phe_sich import ARCHIVE, PheSichArchive

# Part of the cache's name: raise it whenever framing, labels or layout change.
CACHE_VERSION = 2


@dataclass(frozen=True)
class FramedSlices:
    """N slices in the network's frame.

    ``images`` (N, 256, 256) uint8; ``masks`` (N, 2, 256, 256) uint8, haematoma and oedema, 255 inside and between at
    edges; ``lesion`` (N,) bool; ``patients`` (N,) ids.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    lesion: NDArray[np.bool_]
    patients: NDArray[np.str_]

    def of(self, patients: Sequence[str]) -> Self:
        """The slices of some patients."""
        chosen = np.isin(self.patients, list(patients))
        return type(self)(self.images[chosen], self.masks[chosen], self.lesion[chosen], self.patients[chosen])


def framed_slices(data: Path, cache: Path) -> FramedSlices:
    """Slices of the archive in ``data``, from ``cache`` where an earlier run left them."""
    folder = cache / f"framed-v{CACHE_VERSION}-{(data / ARCHIVE).stat().st_size}"
    if not folder.is_dir():
        _build(PheSichArchive(data), folder)
    index = json.loads((folder / "index.json").read_text())
    return FramedSlices(
        images=np.load(folder / "images.npy", mmap_mode="r"),
        masks=np.load(folder / "masks.npy", mmap_mode="r"),
        lesion=np.array(index["lesion"], np.bool_),
        patients=np.array(index["patients"]),
    )


def _build(archive: PheSichArchive, folder: Path) -> None:
    """Decode, frame and label everything; the folder gets its name only when it is complete."""
    images, masks, lesion, patients = [], [], [], []
    for patient in tqdm(archive.patients, desc="framing", unit="patient"):
        head = archive.read(patient)
        frame = find_frame(head.windowed)
        haematoma = label_haematoma(head)
        for index, image in enumerate(head.windowed):
            images.append(frame.crop(image))
            labels = (haematoma[index], head.oedema[index])
            masks.append(np.stack([frame.crop(label.astype(np.uint8) * np.uint8(255)) for label in labels]))
        lesion += head.lesion.tolist()
        patients += [patient] * len(head.windowed)
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    np.save(unfinished / "images.npy", np.stack(images))
    np.save(unfinished / "masks.npy", np.stack(masks))
    (unfinished / "index.json").write_text(json.dumps({"lesion": lesion, "patients": patients}))
    unfinished.rename(folder)
