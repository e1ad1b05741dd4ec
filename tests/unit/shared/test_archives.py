import io
import struct
import zipfile

import pytest

from shared.archives import (
    ArchiveCorruptError,
    ArchiveEncryptedError,
    ArchiveLimits,
    ArchiveTooLargeError,
    check_archive,
)

LIMITS = ArchiveLimits(members=10, unpacked_bytes=50 << 20)


def a_zip(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytearray:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return bytearray(buffer.getvalue())


def check(data: bytes | bytearray) -> None:
    check_archive(io.BytesIO(data), LIMITS)


def test_an_ordinary_archive_passes_with_folders_and_what_systems_add():
    check(a_zip({"s/": b"", "s/1.dcm": b"x" * 5000, "__MACOSX/._1.dcm": b"", "..hidden": b"", "s/a..b": b""}))


def test_the_number_of_members_is_limited():
    check(a_zip({f"{n}": b"x" for n in range(10)}))
    with pytest.raises(ArchiveTooLargeError, match="11 members"):
        check(a_zip({f"{n}": b"x" for n in range(11)}))


def test_the_sum_of_what_it_unpacks_to_is_limited():
    with pytest.raises(ArchiveTooLargeError, match="unpacks to"):
        check(a_zip({f"{n}": bytes(6 << 20) for n in range(9)}, zipfile.ZIP_STORED))


def test_one_member_may_not_unpack_to_far_more_than_its_size_unless_it_is_small():
    check(a_zip({"air": bytes(9 << 20)}))
    with pytest.raises(ArchiveTooLargeError, match="Member 2"):
        check(a_zip({"a": b"x", "bomb": bytes(11 << 20)}))


def test_many_small_members_together_may_not_either():
    generous = ArchiveLimits(members=100, unpacked_bytes=1 << 30)
    with pytest.raises(ArchiveTooLargeError, match="times its size"):
        check_archive(io.BytesIO(a_zip({f"{n}": bytes(9 << 20) for n in range(8)})), generous)


def test_an_encrypted_member_is_seen_by_its_flag():
    data = a_zip({"1.dcm": b"x"})
    data[data.find(b"PK\x01\x02") + 8] |= 0x1
    with pytest.raises(ArchiveEncryptedError):
        check(data)


def test_a_directory_too_large_to_be_read_is_refused_unread():
    data = a_zip({"1.dcm": b"x"})
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 12, 1 << 30)
    with pytest.raises(ArchiveTooLargeError):
        check(data)


def test_the_zip64_record_cannot_hide_a_large_directory():
    data = a_zip({"1.dcm": b"x"})
    end = data.rfind(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 1 << 40, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    with pytest.raises(ArchiveTooLargeError):
        check(data[:end] + record + locator + data[end:])


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"PK\x03\x04" + bytes(500), b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_refused(data):
    with pytest.raises((ArchiveCorruptError, ArchiveTooLargeError)):
        check(data)
