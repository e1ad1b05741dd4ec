"""Reader of the PHE-SICH-CT-IDS layout: one ``slices.zip`` of windowed slices, oedema masks and lesion boxes.

The heads lie turned, nose to the left. The layout looks like a NIfTI array saved with its first axis as rows, that is
transposed; transposing brings the nose up and, under that reading, the patient's right to the left of the image.
Nothing in the files proves that it is not a rotation (left and right swapped), so training flips at random.
"""

import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.errors import InputRefusedError

ARCHIVE = "slices.zip"


class DatasetError(InputRefusedError):
    """The folder does not hold a readable data set in the expected layout."""

    code = "dataset_unreadable"


@dataclass(frozen=True)
class Box:
    """A lesion box in the canonical view, in pixels; ``bottom`` and ``right`` are exclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class LabelledHead:
    """One patient's slices in the canonical view, from the base upwards.

    ``windowed`` is (S, H, W) uint8 in the 0..80 HU window; ``oedema`` the expert outline, (S, H, W) bool; ``boxes``
    holds the expert boxes around haematoma and oedema together, per slice.
    """

    patient: str
    slices: tuple[str, ...]
    windowed: NDArray[np.uint8]
    oedema: NDArray[np.bool_]
    boxes: tuple[tuple[Box, ...], ...]

    @property
    def lesion(self) -> NDArray[np.bool_]:
        """Slices that the experts marked, by a box or an outline; (S,)."""
        boxed = np.array([bool(boxes) for boxes in self.boxes])
        return np.asarray(boxed | self.oedema.any(axis=(1, 2)))


class PheSichArchive:
    """An open ``slices.zip``; patients are read one at a time."""

    def __init__(self, folder: Path) -> None:
        path = folder / ARCHIVE
        if not path.is_file():
            raise DatasetError(f"No {ARCHIVE} in {folder}; give the folder that holds it.")
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise DatasetError(f"{path} is not a readable zip archive; download it again.") from error
        self._names = set(self._zip.namelist())
        self._slices: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._names):
            path_in_zip = PurePosixPath(name)
            if path_in_zip.parts[0] == "images" and path_in_zip.suffix == ".webp":
                self._slices[path_in_zip.stem.split("_")[0]].append(path_in_zip.stem)
        if not self._slices:
            raise DatasetError(f"{path} holds no images/PPPP_SS.webp; is it a PHE-SICH archive?")

    @property
    def patients(self) -> list[str]:
        """Patient ids, sorted."""
        return sorted(self._slices)

    def choose(self, wanted: Sequence[str] | None) -> list[str]:
        """``wanted`` after a check that each is here, or all patients.

        Raises DatasetError where one is missing.
        """
        if wanted is None:
            return self.patients
        missing = sorted(set(wanted) - set(self._slices))
        if missing:
            raise DatasetError(f"Patients {missing} are not in {ARCHIVE}; correct the list of patients.")
        return list(wanted)

    def read(self, patient: str) -> LabelledHead:
        """All slices of one patient, upright."""
        slices = self._slices[patient]
        windowed = np.ascontiguousarray(np.stack([self._image(f"images/{name}.webp").T for name in slices]))
        oedema = np.zeros(windowed.shape, np.bool_)
        for index, name in enumerate(slices):
            if f"masks/{name}.png" in self._names:
                oedema[index] = self._image(f"masks/{name}.png").T > 127
        return LabelledHead(patient, tuple(slices), windowed, oedema, tuple(self._boxes(name) for name in slices))

    def _image(self, name: str) -> NDArray[np.uint8]:
        image = cv2.imdecode(np.frombuffer(self._zip.read(name), np.uint8), cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise DatasetError(f"{name} in {ARCHIVE} is not a readable image; download the archive again.")
        return np.asarray(image, np.uint8)

    def _boxes(self, name: str) -> tuple[Box, ...]:
        """Boxes of one slice, transposed with its image."""
        if f"boxes/{name}.xml" not in self._names:
            return ()
        root = ElementTree.fromstring(self._zip.read(f"boxes/{name}.xml"))  # noqa: S314 - the user's own training data
        corners = [
            [int(found.findtext(key, "0")) for key in ("xmin", "ymin", "xmax", "ymax")] for found in root.iter("bndbox")
        ]
        return tuple(Box(xmin, ymin, xmax + 1, ymax + 1) for xmin, ymin, xmax, ymax in corners)


def read_patient_list(path: Path) -> list[str]:
    """Patient ids of a plain text file, one a line; blank lines and lines that start with # are skipped.

    Raises DatasetError where the file is missing or empty.
    """
    if not path.is_file():
        raise DatasetError(f"No list of patients at {path}; give a text file with one id a line.")
    lines = (line.strip() for line in path.read_text().splitlines())
    patients = [line for line in lines if line and not line.startswith("#")]
    if not patients:
        raise DatasetError(f"{path} names no patient; write one id a line.")
    return patients
