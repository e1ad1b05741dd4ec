from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pacs_bridge.errors import PacsAnswerError
from services.pacs_bridge.multipart import form, only_part, related

TYPE = 'multipart/related; type="application/dicom"; boundary=cut'


def _in_chunks(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def _parsed(body: bytes, kind: str) -> list[Message]:
    """What Python's own parser of mail makes of it."""
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = message.get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]


@given(content=st.binary(max_size=300), size=st.integers(1, 80))
def test_a_part_comes_out_as_it_went_in_however_the_network_cuts_it(content: bytes, size: int) -> None:
    assert b"".join(only_part(_in_chunks(related(content, "cut"), size), TYPE)) == content


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_looks_like_a_boundary_and_is_none_belongs_to_the_content(size: int) -> None:
    content = b"\r\n--cu\r\n--cu--\r\n\r\n--\r\n-"
    assert b"".join(only_part(_in_chunks(related(content, "cut"), size), TYPE)) == content


def test_a_part_is_passed_on_before_the_last_of_it_has_come() -> None:
    body = iter(_in_chunks(related(bytes(10_000), "cut"), 1000))
    first = next(only_part(body, TYPE))
    assert 0 < len(first) < 2000
    assert len(list(body)) > 7


def test_an_answer_that_breaks_off_is_not_taken_for_an_image() -> None:
    whole = related(bytes(500), "cut")
    for kept in (0, 30, 200, len(whole) - 12):
        with pytest.raises(PacsAnswerError, match="broke off"):
            list(only_part([whole[:kept]], TYPE))


@pytest.mark.parametrize("kind", ["application/dicom", "multipart/related; type=x", 'multipart/related; boundary=""'])
def test_an_answer_without_boundary_is_refused(kind: str) -> None:
    with pytest.raises(PacsAnswerError, match="without multipart boundary"):
        list(only_part([b"--cut\r\n\r\nx\r\n--cut--"], kind))


def test_a_quoted_boundary_is_understood() -> None:
    assert list(only_part([related(b"x", "a b")], 'multipart/related; BOUNDARY="a b"')) == [b"x"]


def test_another_parser_reads_the_form_alike() -> None:
    body = b"".join(form([("a.dcm", [b"one", b" two"]), ("b.dcm", [])], "cut"))
    first, second = _parsed(body, "multipart/form-data; boundary=cut")
    assert first.get_payload(decode=True) == b"one two"
    assert second.get_payload(decode=True) == b""
    assert first.get_param("name", header="content-disposition") == "file"
    assert [part.get_filename() for part in (first, second)] == ["a.dcm", "b.dcm"]
