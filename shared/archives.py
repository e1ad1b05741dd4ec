"""What a zip may be before anyone unpacks it: rules that the gateway and the workers share."""

import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final

from shared.errors import InputRefusedError

_ENCRYPTED: Final = 0x1
_NESTED: Final = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst")
# APPNOTE 4.3.16: end of central directory record, 22 bytes, then a comment of at most 65535.
_END: Final = struct.Struct("<4s4H2LH")
_END64_LOCATOR: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_END_SIGNATURE: Final = b"PK\x05\x06"
_LOCATOR_SIGNATURE: Final = b"PK\x06\x07"
# One directory entry: 46 bytes, name, extra fields; 1 KiB is far more than any exporter writes.
_DIRECTORY_BYTES_PER_MEMBER: Final = 1024


class ArchiveCorruptError(InputRefusedError):
    """The zip, or a member of it, cannot be unpacked."""

    code = "archive_corrupt"


class ArchiveEncryptedError(InputRefusedError):
    """The zip needs a password."""

    code = "archive_encrypted"


class ArchiveUnsafePathError(InputRefusedError):
    """A member's name leads out of the archive's own folder."""

    code = "archive_unsafe_path"


class ArchiveTooLargeError(InputRefusedError):
    """The archive has too many members, or unpacks to too many bytes."""

    code = "archive_too_large"


class ArchiveNestedError(InputRefusedError):
    """The archive holds another archive."""

    code = "archive_nested"


class ArchiveEmptyError(InputRefusedError):
    """The archive holds no file."""

    code = "archive_empty"


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may cost. A whole-head series at 0.5 mm is about 500 members and 270 MB."""

    members: int = 20_000
    member_bytes: int = 2 * 1024**3  # workers hold one member in memory
    unpacked_bytes: int = 8 * 1024**3
    # Real CT deflates to about a half. A slice of air alone goes far beyond, but is small.
    member_ratio: float = 200.0
    member_ratio_applies_above_bytes: int = 10 * 1024**2
    total_ratio: float = 100.0
    total_ratio_applies_above_bytes: int = 64 * 1024**2


def check_archive(stream: IO[bytes], limits: ArchiveLimits) -> None:
    """Refuse a zip that must not be unpacked; nothing but its directory is read.

    Raises ArchiveCorruptError, ArchiveEmptyError, ArchiveEncryptedError, ArchiveNestedError, ArchiveTooLargeError,
    ArchiveUnsafePathError.
    """
    with open_zip(stream, limits) as opened:
        check_members(opened.infolist(), stream.seek(0, io.SEEK_END), limits)


def open_zip(stream: IO[bytes], limits: ArchiveLimits) -> zipfile.ZipFile:
    """Open a zip whose directory is small enough to be read. Raises ArchiveCorruptError, ArchiveTooLargeError."""
    if _directory_bytes(stream) > limits.members * _DIRECTORY_BYTES_PER_MEMBER:
        raise ArchiveTooLargeError(f"The zip has more than {limits.members} members; send one series per zip.")
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, struct.error) as error:
        raise ArchiveCorruptError("The zip's directory cannot be read; pack the study again and resend it.") from error


def check_members(members: list[zipfile.ZipInfo], packed_bytes: int, limits: ArchiveLimits) -> None:
    """Refuse by what the directory says: names, encryption, nesting, declared sizes.

    zipfile ends each member at its declared size, so that the sum of these sizes bounds what unpacking can cost.
    Raises as ``check_archive`` does.
    """
    if len(members) > limits.members:
        raise ArchiveTooLargeError(
            f"The zip has {len(members)} members, more than {limits.members}; send one series per zip."
        )
    for number, member in enumerate(members, 1):
        _check_member(member, number, limits)
    if all(is_passed_over(member) for member in members):
        raise ArchiveEmptyError("The zip holds no file; pack the study again.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes:
        raise ArchiveTooLargeError(
            f"The zip unpacks to {unpacked} bytes, more than {limits.unpacked_bytes}; send one series per zip."
        )
    if unpacked > limits.total_ratio_applies_above_bytes and unpacked > limits.total_ratio * packed_bytes:
        raise ArchiveTooLargeError(
            f"The zip unpacks to {unpacked / packed_bytes:.0f} times its size, as no real CT does; send plain files."
        )


def is_passed_over(member: zipfile.ZipInfo) -> bool:
    """Whether a member is no image but a folder, or something that an operating system adds."""
    parts = PurePosixPath(member.filename).parts
    return member.is_dir() or any(part == "__MACOSX" or part.startswith(".") for part in parts)


def _check_member(member: zipfile.ZipInfo, number: int, limits: ArchiveLimits) -> None:
    if _is_unsafe(member.filename):
        raise ArchiveUnsafePathError(
            f"The name of member {number} of the zip leads out of its folder; pack the study again with plain names."
        )
    if member.flag_bits & _ENCRYPTED:
        raise ArchiveEncryptedError(f"Member {number} of the zip is encrypted; send the study without a password.")
    if member.filename.lower().endswith(_NESTED) and not is_passed_over(member):
        raise ArchiveNestedError(f"Member {number} of the zip is an archive itself; pack the files directly.")
    if member.file_size > limits.member_bytes:
        raise ArchiveTooLargeError(
            f"Member {number} of the zip unpacks to {member.file_size} bytes, more than {limits.member_bytes}; send "
            "plain DICOM files."
        )
    is_judged = member.file_size > limits.member_ratio_applies_above_bytes
    if is_judged and member.file_size > limits.member_ratio * max(1, member.compress_size):
        raise ArchiveTooLargeError(
            f"Member {number} of the zip unpacks to more than {limits.member_ratio:.0f} times its size, as no real CT "
            "does; send plain files."
        )


def _is_unsafe(name: str) -> bool:
    # zipfile itself turns "\\" into "/" on Windows alone; an archive made there may still carry it.
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts[0] if path.parts else "")


def _directory_bytes(stream: IO[bytes]) -> int:
    """Largest size of the central directory that the zip's end may mean: zipfile would read it all into memory."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END.size - 0xFFFF - _END64_LOCATOR.size))
    tail = stream.read()
    largest, at = 0, tail.find(_END_SIGNATURE)
    while 0 <= at <= len(tail) - _END.size:
        largest = max(largest, _END.unpack_from(tail, at)[5], _directory64_bytes(stream, tail, at))
        at = tail.find(_END_SIGNATURE, at + 1)
    return largest


def _directory64_bytes(stream: IO[bytes], tail: bytes, end_at: int) -> int:
    """The same by the zip64 record, which the locator before the end record points to (APPNOTE 4.3.14, 4.3.15)."""
    if end_at < _END64_LOCATOR.size:
        return 0
    signature, _, record_at, _ = _END64_LOCATOR.unpack_from(tail, end_at - _END64_LOCATOR.size)
    if signature != _LOCATOR_SIGNATURE or record_at >= 1 << 62:
        return 0
    stream.seek(record_at)
    record = stream.read(_END64.size)
    return int(_END64.unpack(record)[8]) if len(record) == _END64.size else 0
