"""What a file is by its first bytes, whatever its name says."""

import struct
import zlib
from enum import StrEnum
from typing import Final

# Enough for the DICOM prefix (132 bytes), for the NIfTI-2 header (540), also when packed, and for the beginnings of
# four packets of an MPEG transport stream (188 bytes, or 192 with their times).
HEAD_BYTES: Final = 1024


class FileKind(StrEnum):
    """The kinds of file that some upload takes."""

    DICOM = "DICOM"
    NIFTI = "NIfTI"
    NIFTI_GZ = "gzip-packed NIfTI"
    ZIP = "zip"
    MP4 = "MP4 or MOV"
    MATROSKA = "Matroska or WebM"
    AVI = "AVI"
    MPEG_TS = "MPEG transport stream"


# Those and what else people send by mistake, to be named in the refusal.
_WORDS: Final = {
    FileKind.DICOM: "a DICOM file",
    FileKind.NIFTI: "a NIfTI file",
    FileKind.NIFTI_GZ: "a packed NIfTI file",
    FileKind.ZIP: "a zip archive",
    FileKind.MP4: "an MP4 or MOV video",
    FileKind.MATROSKA: "a Matroska or WebM video",
    FileKind.AVI: "an AVI video",
    FileKind.MPEG_TS: "an MPEG transport stream",
}
_FOREIGN: Final = (
    (0, b"%PDF", "a PDF document"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"BM", "a BMP picture"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"WAVE", "a WAV sound"),
    (0, b"OggS", "an Ogg file"),
    (0, b"ID3", "an MP3 sound"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip file without NIfTI inside"),
    (0, b"MZ", "a Windows program"),
    (0, b"\x7fELF", "a program"),
    (0, b"<", "an HTML or XML document"),
)
# Brands (ISO/IEC 14496-12, 4.3) of files that are built like an MP4 and hold no moving picture.
_STILL: Final = {
    b"heic": "a HEIF picture",
    b"heix": "a HEIF picture",
    b"mif1": "a HEIF picture",
    b"avif": "an AVIF picture",
    b"M4A ": "an M4A sound",
    b"M4B ": "an M4A sound",
}
# What QuickTime files begin with that were written before there were brands.
_UNBRANDED: Final = {b"moov", b"mdat", b"wide"}
# Value representations of the elements that a DICOM data set without preamble begins with (PS3.5, 6.2).
_FIRST_VRS: Final = {b"UL", b"OB", b"UI", b"CS", b"DA", b"TM", b"SH", b"LO", b"DT"}
_MAX_FIRST_LENGTH: Final = 1024
# Where the first packet of a transport stream has its sync byte, and how long packets are.
_PACKETS: Final = ((0, 188), (4, 192))


def kind_of(head: bytes) -> FileKind | None:
    """The kind of a file that begins with ``head`` (its first ``HEAD_BYTES``); None for all that no upload takes."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return FileKind.ZIP
    if head[128:132] == b"DICM" or _is_bare_dicom(head):
        return FileKind.DICOM
    if head[:2] == b"\x1f\x8b":
        return FileKind.NIFTI_GZ if _is_nifti(_unpacked(head)) else None
    return FileKind.NIFTI if _is_nifti(head) else _video_kind_of(head)


def described(head: bytes) -> str:
    """In words what a file seems to be, for the upload that does not take it."""
    kind = kind_of(head)
    if kind is not None:
        return _WORDS[kind]
    if head[4:8] == b"ftyp":
        return _STILL[head[8:12]]
    foreign = (words for start, magic, words in _FOREIGN if head[start:].startswith(magic))
    return next(foreign, "of an unknown kind")


def _video_kind_of(head: bytes) -> FileKind | None:
    if (head[4:8] == b"ftyp" and head[8:12] not in _STILL) or head[4:8] in _UNBRANDED:
        return FileKind.MP4
    if head[:4] == b"\x1aE\xdf\xa3":  # the EBML header's own id (RFC 8794, 11.2.1)
        return FileKind.MATROSKA
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return FileKind.AVI
    # Packets begin with a sync byte every 188 bytes (ISO/IEC 13818-1, 2.4.3.2), or 4 bytes of time before each.
    if any({head[at : at + 1] for at in range(start, 4 * length, length)} == {b"G"} for start, length in _PACKETS):
        return FileKind.MPEG_TS
    return None


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
