import io
import zipfile

import pytest

from services.ct_segmentation.reading.archive import open_archive
from services.ct_segmentation.reading.study_files import StudyFile, study_files_at
from shared.archives import ArchiveCorruptError, ArchiveLimits, ArchiveTooLargeError, ArchiveUnsafePathError
from tests.fixtures.dicom_series import file_of


def archive(**members: bytes) -> StudyFile:
    return named(members)


def named(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> StudyFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as opened:
        for name, data in members.items():
            opened.writestr(name, data)
    return file_of("study.zip", buffer.getvalue())


def test_members_are_read_one_at_a_time_and_more_than_once() -> None:
    with open_archive(archive(first=b"1", second=b"22")) as members:
        assert [member.name for member in members] == ["first", "second"]
        for member in [*members, *members]:
            with member.open() as stream:
                assert stream.read() in (b"1", b"22")


@pytest.mark.parametrize("name", ["../up.dcm", "a/../../up.dcm", "/root.dcm", "C:/windows.dcm", "..\\up.dcm"])
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    with pytest.raises(ArchiveUnsafePathError, match="member 2"), open_archive(named({"a": b"", name: b""})):
        pass


@pytest.mark.parametrize("name", ["a..b/c.dcm", "folder/not ..hidden.dcm", "ä ö/1.dcm"])
def test_odd_but_harmless_names_pass(name: str) -> None:
    with open_archive(named({name: b"x"})) as members:
        assert len(members) == 1


def test_folders_and_what_operating_systems_add_are_no_members() -> None:
    clutter = {"study/": b"", "__MACOSX/study/._1": b"x", "study/.DS_Store": b"x", "study/1": b"x"}

    with open_archive(named(clutter)) as members:
        assert [member.name for member in members] == ["study/1"]


@pytest.mark.parametrize(
    "limits", [ArchiveLimits(members=1), ArchiveLimits(member_bytes=5), ArchiveLimits(unpacked_bytes=9)]
)
def test_each_limit_holds(limits: ArchiveLimits) -> None:
    with pytest.raises(ArchiveTooLargeError), open_archive(archive(a=b"12345", b=b"67890" + b"1"), limits):
        pass


def test_a_small_archive_of_air_may_be_packed_tightly() -> None:
    with open_archive(archive(air=bytes(2**20))) as members, members[0].open() as stream:
        assert len(stream.read()) == 2**20


def test_a_member_that_declares_less_than_it_holds_is_corrupt() -> None:
    """A bomb may lie about its size; zipfile stops at the declared size, where the checksum cannot match."""
    data = bytearray(named({"a": b"x" * 5000}).open().read())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + offset
        data[place : place + 4] = (10).to_bytes(4, "little")

    with open_archive(file_of("lie.zip", bytes(data))) as members, pytest.raises(ArchiveCorruptError):
        members[0].open()


def test_a_folder_gives_its_files_by_name_and_a_file_itself(tmp_path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1").write_bytes(b"one")
    (tmp_path / "a").write_bytes(b"two")

    assert [file.name for file in study_files_at(tmp_path)] == ["a", "b/1"]
    (single,) = study_files_at(tmp_path / "a")
    with single.open() as stream:
        assert stream.read() == b"two"
    with pytest.raises(FileNotFoundError):
        study_files_at(tmp_path / "missing")
