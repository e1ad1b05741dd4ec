"""Multipart bodies read and written a chunk at a time, so that a study never has to fit into memory."""

from collections.abc import Iterable, Iterator

from services.pacs_bridge.errors import PacsAnswerError


def only_part(chunks: Iterable[bytes], content_type: str) -> Iterator[bytes]:
    """The content of the one part of a multipart/related answer (PS3.18, 8.6.1.2), as it comes in.

    Raises PacsAnswerError when there is none, or when it breaks off before its closing boundary.
    """
    closing = b"\r\n--" + _boundary(content_type)
    arriving = iter(chunks)
    held = b""
    while (head_ends := held.find(b"\r\n\r\n")) < 0:
        held += _next(arriving)
    held = held[head_ends + 4 :]
    while (ends := held.find(closing)) < 0:
        # The boundary may lie across two chunks: what could be its beginning is held back.
        safe = max(0, len(held) - len(closing))
        if safe:
            yield held[:safe]
        held = held[safe:] + _next(arriving)
    yield held[:ends]


def form(files: Iterable[tuple[str, Iterable[bytes]]], boundary: str) -> Iterator[bytes]:
    """A multipart/form-data body with one part named ``file`` for each (name, content)."""
    for name, content in files:
        yield (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/dicom\r\n\r\n"
        ).encode()
        yield from content
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def related(content: bytes, boundary: str) -> bytes:
    """A multipart/related body with one DICOM object (PS3.18, 10.5)."""
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return head + content + f"\r\n--{boundary}--\r\n".encode()


def _boundary(content_type: str) -> bytes:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "boundary" and value.strip('"'):
            return value.strip('"').encode()
    raise PacsAnswerError("The PACS answered a DICOMweb request without multipart boundary; it is asked again.")


def _next(chunks: Iterator[bytes]) -> bytes:
    for chunk in chunks:
        return chunk
    raise PacsAnswerError("The PACS broke off in the middle of an image; it is asked again.")
