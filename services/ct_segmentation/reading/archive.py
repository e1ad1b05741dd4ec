"""A zip's members as study files, read one at a time into memory and never written under their own names."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

from services.ct_segmentation.errors import (
    ArchiveCorruptError,
    ArchiveEncryptedError,
    ArchiveTooLargeError,
    ArchiveUnsafePathError,
)
from services.ct_segmentation.reading.study_files import StudyFile

ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may cost. A whole-head series at 0.5 mm is about 500 members and 270 MB."""

    members: int = 20_000
    member_bytes: int = 2 * 1024**3
    unpacked_bytes: int = 4 * 1024**3
    # Real CT deflates to about a half; only air goes far beyond. Small archives may be all air.
    ratio: float = 100.0
    ratio_applies_above_bytes: int = 64 * 1024**2


DEFAULT_LIMITS = ArchiveLimits()


@contextmanager
def open_archive(archive: StudyFile, limits: ArchiveLimits = DEFAULT_LIMITS) -> Iterator[list[StudyFile]]:
    """Every file in the zip ``archive``, in its order, without folders and what operating systems add.

    Nothing is unpacked at first: the members' declared sizes are checked, and each ``open`` inflates one member into
    memory, which zipfile ends at its declared size. The members can be opened until the context ends.

    Raises ArchiveCorruptError, ArchiveEncryptedError, ArchiveTooLargeError, ArchiveUnsafePathError.
    """
    with archive.open() as stream:
        try:
            opened = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
            raise ArchiveCorruptError(
                "The zip's directory cannot be read; pack the study again and resend it."
            ) from error
        with opened:
            infos = opened.infolist()
            _check(infos, stream.seek(0, io.SEEK_END), limits)
            yield [
                StudyFile(info.filename, partial(_open_member, opened, info, number))
                for number, info in enumerate(infos, 1)
                if not info.is_dir() and not _is_clutter(info.filename)
            ]


def _check(infos: list[zipfile.ZipInfo], packed_bytes: int, limits: ArchiveLimits) -> None:
    if len(infos) > limits.members:
        raise ArchiveTooLargeError(
            f"The zip has {len(infos)} members, more than {limits.members}; send one series per zip."
        )
    for number, info in enumerate(infos, 1):
        if _is_unsafe(info.filename):
            raise ArchiveUnsafePathError(
                f"The name of member {number} of the zip leads out of its folder; pack the study again."
            )
        if info.flag_bits & ENCRYPTED_FLAG:
            raise ArchiveEncryptedError(f"Member {number} of the zip is encrypted; send the study without a password.")
        if info.file_size > limits.member_bytes:
            raise ArchiveTooLargeError(
                f"Member {number} of the zip unpacks to {info.file_size} bytes, more than {limits.member_bytes}; "
                "send plain DICOM files."
            )
    unpacked = sum(info.file_size for info in infos)
    if unpacked > limits.unpacked_bytes:
        raise ArchiveTooLargeError(
            f"The zip unpacks to {unpacked} bytes, more than {limits.unpacked_bytes}; send one series per zip."
        )
    if unpacked > limits.ratio_applies_above_bytes and unpacked > limits.ratio * packed_bytes:
        raise ArchiveTooLargeError(
            f"The zip unpacks to {unpacked / packed_bytes:.0f} times its size, more than {limits.ratio:.0f} times, "
            "as no real CT does; send plain DICOM files."
        )


def _is_unsafe(name: str) -> bool:
    # zipfile itself turns "\\" into "/" on Windows alone; an archive made there may still carry it.
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts[0] if path.parts else "")


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part == "__MACOSX" or part.startswith(".") for part in parts)


def _open_member(opened: zipfile.ZipFile, info: zipfile.ZipInfo, number: int) -> BinaryIO:
    try:
        return io.BytesIO(opened.read(info))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise ArchiveCorruptError(
            f"Member {number} of the zip cannot be unpacked; pack the study again and resend it."
        ) from error
