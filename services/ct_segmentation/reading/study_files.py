"""What a study arrives as: named files that can be opened, wherever they are stored."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class StudyFile:
    """One uploaded file. ``open`` returns a fresh, seekable binary stream on each call; the caller closes it."""

    name: str
    open: Callable[[], BinaryIO]


def study_files_at(path: Path) -> list[StudyFile]:
    """The file at ``path``, or every file below the folder ``path``, by name.

    Raises FileNotFoundError when there is nothing at ``path``.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    paths = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return [StudyFile(str(p.relative_to(path) if p != path else p.name), _opener(p)) for p in paths]


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")
