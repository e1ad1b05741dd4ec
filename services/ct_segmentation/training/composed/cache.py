"""Composed scans as the network sees them: framed once, kept as memory-mapped arrays like the real slices.

A figure measured on these slices is a figure on generated data. The one CQ500 head lies under the scans of all
parts (deformed anew for each); the pieces of PHE-SICH heads come from the patients of the part's own split alone.
"""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from services.ct_segmentation.framing import AS_FRAMED, find_frame
from services.ct_segmentation.training.composed.compose import ComposedScan, compose_scan
from services.ct_segmentation.training.composed.head import Head
from services.ct_segmentation.training.composed.head_sources import CQ500, cq500_head, phe_sich_heads
from services.ct_segmentation.training.composed.shapes import BleedShape, read_shapes
from services.ct_segmentation.training.framed_slices import TYPES, FramedSlices, bleeds_of
from services.ct_segmentation.training.phe_sich import DatasetError, PheSichArchive
from services.ct_segmentation.windowing import brain_window

# Kept with each set: raise it whenever composing or the layout changes.
CACHE_VERSION = 5
TRAINING, VALIDATION, TEST = "train", "validation", "test"


@dataclass(frozen=True)
class Materials:
    """What scans are composed of: the CQ500 head, HemSeg's shapes, and the archive of PHE-SICH heads."""

    cq500: Head
    shapes: Sequence[BleedShape]
    phe_sich: PheSichArchive

    @classmethod
    def read(cls, cq500_zip: Path, shapes_dir: Path, phe_sich_dir: Path) -> "Materials":
        """Read all three; about 40 seconds on one core.

        Raises DatasetError or what ``read_study`` raises.
        """
        return cls(cq500_head(cq500_zip), read_shapes(shapes_dir), PheSichArchive(phe_sich_dir))

    def heads(self, patients: Sequence[str]) -> list[Head]:
        """The CQ500 head and the bleed-free parts of these patients' heads, no others."""
        chosen = self.phe_sich.choose(patients)
        parts = phe_sich_heads(self.phe_sich, tqdm(chosen, desc="bleed-free slices", unit="patient"))
        return [self.cq500, *parts]


def compose_slices(materials: Materials, patients: Sequence[str], folder: Path, scans: int, seed: int) -> FramedSlices:
    """Compose ``scans`` scans over heads of ``patients`` and keep their slices in ``folder``.

    The same arguments give the same slices. An existing set of the same making is read, another is replaced.
    """
    made_by = {"version": CACHE_VERSION, "scans": scans, "seed": seed, "patients": sorted(patients)}
    if (folder / "index.json").is_file() and json.loads((folder / "index.json").read_text())["made_by"] == made_by:
        return read_slices(folder)
    heads = materials.heads(patients)
    images, masks, bleeds, types, stacks, volumes = [], [], [], [], [], []
    for index in tqdm(range(scans), desc=f"composing {folder.name}", unit="scan"):
        scan = compose_scan(heads, materials.shapes, seed, index)
        framed_images, framed_masks, framed_bleeds = _framed(scan)
        images.append(framed_images)
        masks.append(framed_masks)
        bleeds.append(framed_bleeds)
        types += scan.types.tolist()
        name = f"composed-{folder.name}-{index:04d}:{scan.source}:{scan.head}"
        stacks += [name] * len(scan.hu)
        volumes.append({label.name: round(ml, 4) for label, ml in scan.volumes_ml.items()})
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    np.save(unfinished / "images.npy", np.concatenate(images))
    np.save(unfinished / "masks.npy", np.concatenate(masks))
    np.save(unfinished / "bleeds.npy", np.concatenate(bleeds))
    index_json = {"made_by": made_by, "types": types, "stacks": stacks, "volumes_ml": volumes}
    (unfinished / "index.json").write_text(json.dumps(index_json))
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    return read_slices(folder)


def read_slices(folder: Path) -> FramedSlices:
    """The composed slices in ``folder``; every type and both outlines are known, ``stacks`` are scans.

    Raises DatasetError where there are none.
    """
    if not (folder / "index.json").is_file():
        raise DatasetError(
            f"No composed slices in {folder}; make them with `python -m services.ct_segmentation compose`."
        )
    index = json.loads((folder / "index.json").read_text())
    types = np.array(index["types"], np.bool_)
    return FramedSlices(
        images=np.load(folder / "images.npy", mmap_mode="r"),
        masks=np.load(folder / "masks.npy", mmap_mode="r"),
        outlined=np.ones((len(types), 2), np.bool_),
        bleeds=np.load(folder / "bleeds.npy", mmap_mode="r"),
        types=types,
        known=np.ones(types.shape, np.bool_),
        stacks=np.array(index["stacks"]),
    )


def training_scans(folder: Path) -> FramedSlices:
    """The training scans that ``compose`` left in ``folder``."""
    return read_slices(folder / TRAINING)


def validation_scans(folder: Path) -> FramedSlices:
    """The validation scans that ``compose`` left in ``folder``."""
    return read_slices(folder / VALIDATION)


def summary(slices: FramedSlices) -> dict[str, object]:
    """Counts of a set: scans, slices, slices per type and scans per source."""
    scans = sorted(set(slices.stacks.tolist()))
    return {
        "scans": len(scans),
        "slices": len(slices),
        "slices_with": dict(zip(TYPES, slices.types.sum(axis=0).tolist(), strict=True)),
        "scans_by_source": dict(Counter(name.split(":")[1] for name in scans)),
        "bleed_free_scans": sum(not slices.types[slices.stacks == name].any() for name in scans),
    }


def _framed(scan: ComposedScan) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Images (S, 256, 256), masks (S, 2, 256, 256) and the type of each pixel's blood (S, 256, 256) of one scan.

    A part of a PHE-SICH head is framed already, by the whole head; the vertex alone would be enlarged.
    """
    windowed = brain_window(scan.hu)
    frame = find_frame(windowed) if scan.source == CQ500 else AS_FRAMED
    images = np.stack([frame.crop(image) for image in windowed])
    masks = np.array([[frame.crop(m) for m in pair] for pair in zip(scan.blood, scan.oedema, strict=True)], np.uint8)
    shares = np.array([[frame.crop(share) for share in of_type] for of_type in scan.bleeds], np.uint8)
    return images, masks, bleeds_of(shares, masks[:, 0])
