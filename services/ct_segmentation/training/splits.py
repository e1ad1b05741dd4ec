"""Who is trained on and who is kept apart: seeded, by patient, written once as plain text."""

import random
from collections.abc import Sequence
from pathlib import Path

from services.ct_segmentation.training.phe_sich import read_patient_list

SPLITS_FOLDER = Path(__file__).parent / "splits"
PARTS = ("train", "validation", "test")


def split_patients(patients: Sequence[str], test: int, validation: int, seed: int) -> dict[str, list[str]]:
    """Shuffle the patients and deal them: ``test`` for final figures, ``validation`` for choices, the rest to train.

    The same seed and the same set of patients give the same lists, whatever their order.
    """
    shuffled = sorted(patients)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a reproducible split, no secret
    dealt = shuffled[:test], shuffled[test : test + validation], shuffled[test + validation :]
    return {"test": sorted(dealt[0]), "validation": sorted(dealt[1]), "train": sorted(dealt[2])}


def write_splits(split: dict[str, list[str]], folder: Path, origin: str) -> None:
    """One text file per part; ``origin`` is the command that made it."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, patients in split.items():
        (folder / f"{part}.txt").write_text("\n".join([f"# {origin}", *patients]) + "\n")


def read_split(part: str, folder: Path = SPLITS_FOLDER) -> list[str]:
    """Patients of "train", "validation" or "test"."""
    return read_patient_list(folder / f"{part}.txt")
