"""A zip's members as study files, read one at a time into memory and never written under their own names."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from services.ct_segmentation.reading.study_files import StudyFile
from shared.archives import ArchiveCorruptError, ArchiveLimits, check_members, is_passed_over, open_zip

DEFAULT_LIMITS = ArchiveLimits()


@contextmanager
def open_archive(archive: StudyFile, limits: ArchiveLimits = DEFAULT_LIMITS) -> Iterator[list[StudyFile]]:
    """Every file in the zip ``archive``, in its order, without folders and what operating systems add.

    Nothing is unpacked at first: the members' declared sizes are checked, and each ``open`` inflates one member into
    memory, which zipfile ends at its declared size. The members can be opened until the context ends.

    Raises what ``shared.archives.check_archive`` raises.
    """
    with archive.open() as stream, open_zip(stream, limits) as opened:
        infos = opened.infolist()
        check_members(infos, stream.seek(0, io.SEEK_END), limits)
        yield [
            StudyFile(info.filename, partial(_open_member, opened, info, number))
            for number, info in enumerate(infos, 1)
            if not is_passed_over(info)
        ]


def _open_member(opened: zipfile.ZipFile, info: zipfile.ZipInfo, number: int) -> BinaryIO:
    try:
        return io.BytesIO(opened.read(info))
    # zipfile passes on what it meets: a wrong checksum, a broken stream, a method it lacks, an early end, a bad seek.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise ArchiveCorruptError(
            f"Member {number} of the zip cannot be unpacked; pack the study again and resend it."
        ) from error
