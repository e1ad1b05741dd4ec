"""What a file is by its first bytes, whatever its name says."""

import struct
import zlib
from enum import StrEnum
from typing import Final

# Enough for the DICOM prefix (132 bytes) and for the NIfTI-2 header (540), also when packed.
HEAD_BYTES: Final = 1024


class FileKind(StrEnum):
    """The accepted kinds of file."""

    DICOM = "DICOM"
    NIFTI = "NIfTI"
    NIFTI_GZ = "gzip-packed NIfTI"
    ZIP = "zip"


NIFTI_KINDS: Final = {FileKind.NIFTI: ".nii", FileKind.NIFTI_GZ: ".nii.gz"}

# What people send by mistake, to be named in the refusal.
_FOREIGN: Final = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip file without NIfTI inside"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"<", "an HTML or XML document"),
)
# Value representations of the elements that a DICOM data set without preamble begins with (PS3.5, 6.2).
_FIRST_VRS: Final = {b"UL", b"OB", b"UI", b"CS", b"DA", b"TM", b"SH", b"LO", b"DT"}
_MAX_FIRST_LENGTH: Final = 1024


def kind_of(head: bytes) -> FileKind | None:
    """The kind of a file that begins with ``head`` (its first ``HEAD_BYTES``); None for all that is not accepted."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return FileKind.ZIP
    if head[128:132] == b"DICM" or _is_bare_dicom(head):
        return FileKind.DICOM
    if head[:2] == b"\x1f\x8b":
        return FileKind.NIFTI_GZ if _is_nifti(_unpacked(head)) else None
    return FileKind.NIFTI if _is_nifti(head) else None


def described(head: bytes) -> str:
    """In words what a file that is not accepted seems to be."""
    return next((words for magic, words in _FOREIGN if head.startswith(magic)), "of an unknown kind")


def _is_nifti(head: bytes) -> bool:
    """By the header's own size, in either byte order, and the magic of a single file (nifti1.h, nifti2.h)."""
    if head[:4] in (struct.pack("<i", 348), struct.pack(">i", 348)):
        return head[344:348] == b"n+1\x00"
    return head[:4] in (struct.pack("<i", 540), struct.pack(">i", 540)) and head[4:8] == b"n+2\x00"


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def _is_bare_dicom(head: bytes) -> bool:
    """A data set without preamble: a first element of group 0002 or 0008, with a plausible type or length."""
    if len(head) < 8:
        return False
    group, element = struct.unpack_from("<HH", head)
    if group not in (0x0002, 0x0008) or element > 0x0070:
        return False
    return head[4:6] in _FIRST_VRS or struct.unpack_from("<I", head, 4)[0] <= _MAX_FIRST_LENGTH
