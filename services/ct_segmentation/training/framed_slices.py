"""The training slices as the network sees them: framed, labelled, decoded once and kept as memory-mapped arrays."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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
TYPES = ("any", "IPH", "IVH", "SAH", "SDH", "EDH")
UNTOLD = 255  # blood of which no label tells the type
# What PHE-SICH-CT-IDS tells: whether a slice bleeds, and that its marked bleeds are intraparenchymal. Blood elsewhere
# was left unmarked, so that its absence cannot be learnt here.
LABELLED_BY_PHE_SICH = np.array([True, True, False, False, False, False])


@dataclass(frozen=True)
class FramedSlices:
    """N slices in the network's frame, those of one stack together and from the base upwards.

    ``images`` (N, 256, 256) uint8; ``masks`` (N, 2, 256, 256) uint8, haematoma (of any type) and oedema, 255 inside
    and between at edges; ``outlined`` (N, 2) bool, whether that mask was drawn at all. ``bleeds`` (N, 256, 256) uint8
    tells whose blood the haematoma's mask shows: 1 to 5 in the order of ``TYPES``, or ``UNTOLD``. ``types`` (N, 6) bool
    in that order and ``known`` (N, 6) bool, whether that label exists; ``stacks`` (N,) the patient or composed scan.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    outlined: NDArray[np.bool_]
    bleeds: NDArray[np.uint8]
    types: NDArray[np.bool_]
    known: NDArray[np.bool_]
    stacks: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def lesion(self) -> NDArray[np.bool_]:
        """Slices that bleed; (N,)."""
        return self.types[:, 0]

    @cached_property
    def neighbours(self) -> NDArray[np.intp]:
        """Indices of the slice below, the slice itself and the one above, (N, 3); a border repeats its own slice."""
        own = np.arange(len(self))
        same = self.stacks[1:] == self.stacks[:-1]
        below, above = own.copy(), own.copy()
        below[1:][same] -= 1
        above[:-1][same] += 1
        return np.stack([below, own, above], axis=1)

    def triplet(self, index: int) -> NDArray[np.uint8]:
        """A slice between its neighbours, (3, 256, 256)."""
        return np.stack([self.images[i] for i in self.neighbours[index]])

    def type_masks(self, index: int) -> NDArray[np.uint8]:
        """The haematoma of a slice taken apart by type, (5, 256, 256)."""
        told = np.arange(1, len(TYPES), dtype=np.uint8)
        return np.where(self.bleeds[index] == told[:, None, None], self.masks[index, 0], np.uint8(0))

    def type_masks_known(self, index: int) -> NDArray[np.bool_]:
        """Whether the mask of each type, (5,), is known on a slice."""
        told = bool(self.outlined[index, 0]) and not (self.bleeds[index] == UNTOLD).any()
        return self.known[index, 1:] & told

    def of(self, stacks: Sequence[str]) -> Self:
        """The slices of some patients or scans."""
        chosen = np.isin(self.stacks, list(stacks))
        return type(self)(*(getattr(self, name)[chosen] for name in _ARRAYS))

    def joined_with(self, other: Self) -> Self:
        """Both sets, this one first; stacks keep their names."""
        return type(self)(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in _ARRAYS))


def bleeds_of(shares: NDArray[np.uint8], haematoma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``FramedSlices.bleeds`` (N, H, W) of the ``haematoma`` (N, H, W) by each type's ``shares`` (5, N, H, W)."""
    largest = (shares.argmax(axis=0) + 1).astype(np.uint8)
    told = np.where(shares.any(axis=0), largest, np.uint8(UNTOLD))
    return np.where(haematoma > 0, told, np.uint8(0))


_ARRAYS = ("images", "masks", "outlined", "bleeds", "types", "known", "stacks")


def framed_slices(data: Path, cache: Path) -> FramedSlices:
    """Slices of the archive in ``data``, from ``cache`` where an earlier run left them."""
    folder = cache / f"framed-v{CACHE_VERSION}-{(data / ARCHIVE).stat().st_size}"
    if not folder.is_dir():
        _build(PheSichArchive(data), folder)
    index = json.loads((folder / "index.json").read_text())
    types = np.zeros((len(index["lesion"]), len(TYPES)), np.bool_)
    types[:, :2] = np.array(index["lesion"], np.bool_)[:, None]
    masks = np.load(folder / "masks.npy", mmap_mode="r")
    return FramedSlices(
        images=np.load(folder / "images.npy", mmap_mode="r"),
        masks=masks,
        outlined=np.ones((len(types), 2), np.bool_),
        bleeds=(masks[:, 0] > 0).astype(np.uint8) * np.uint8(TYPES.index("IPH")),
        types=types,
        known=np.broadcast_to(LABELLED_BY_PHE_SICH, types.shape),
        stacks=np.array(index["patients"]),
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
