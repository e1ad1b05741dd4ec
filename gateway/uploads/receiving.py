"""Receives the files of an upload straight into the artifact store's staging, a chunk at a time, never in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from anyio import CancelScope, to_thread
from fastapi import Request
from streaming_form_data import StreamingFormDataParser
from streaming_form_data.parser import ParseFailedException, UnexpectedPartException

from gateway.uploads.errors import (
    NoFileError,
    TooManyFilesError,
    UnexpectedFieldError,
    UploadMalformedError,
    UploadTooLargeError,
)
from gateway.uploads.file_kinds import HEAD_BYTES
from gateway.uploads.form import UploadForm
from shared.artifacts.store import ArtifactStore, ArtifactStoreError, StagedArtifact

# Handed to the parser at once: a hop to a thread for each 64 KiB that arrive would cost more than the writing.
_BATCH_BYTES: Final = 1 << 18
# What may surround the files: boundaries and part headers are a few hundred bytes per file.
_OVERHEAD_BYTES: Final = 1 << 16
_OVERHEAD_BYTES_PER_FILE: Final = 4096
_NAME_LENGTH: Final = 255


@dataclass
class ReceivedFile:
    """One file of an upload, staged."""

    name: str
    staged: StagedArtifact
    head: bytearray = field(default_factory=bytearray)


class _Receiver:
    """What the multipart parser calls for each part named ``file`` (the protocol of its targets)."""

    def __init__(self, store: ArtifactStore, form: UploadForm) -> None:
        self.files: list[ReceivedFile] = []
        self.size = 0
        self.in_part = False
        self._store = store
        self._form = form
        self._name = ""

    def set_multipart_filename(self, name: str | None) -> None:
        self._name = "".join(letter for letter in name or "" if letter.isprintable())[-_NAME_LENGTH:]

    def set_multipart_content_type(self, _content_type: str) -> None:
        """The sender's word for the kind is not used: the content decides."""

    def start(self) -> None:
        if len(self.files) >= self._form.max_files:
            raise TooManyFilesError(self._form.max_files, self._form.advice)
        self.files.append(ReceivedFile(self._name, self._store.stage()))
        self.in_part = True

    def data_received(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self._form.max_bytes:
            raise UploadTooLargeError(self._form.max_bytes, self._form.advice)
        file = self.files[-1]
        file.head += chunk[: HEAD_BYTES - len(file.head)]
        file.staged.write(chunk)

    def finish(self) -> None:
        # Closed at once: an upload may have more files than a process may have open.
        self.files[-1].staged.close()
        self.in_part = False

    def overhead_allowed(self) -> int:
        return _OVERHEAD_BYTES + _OVERHEAD_BYTES_PER_FILE * len(self.files)

    def discard(self) -> None:
        for file in self.files:
            file.staged.discard()


@asynccontextmanager
async def received(request: Request, store: ArtifactStore, form: UploadForm) -> AsyncIterator[list[ReceivedFile]]:
    """The files of a multipart/form-data request, staged; whatever is not committed inside is forgotten at the end.

    Raises UploadMalformedError, UploadTooLargeError, TooManyFilesError, UnexpectedFieldError, NoFileError,
    ArtifactStoreError, and ClientDisconnect when the sender leaves.
    """
    receiver = _Receiver(store, form)
    try:
        await _receive(request, receiver)
        if not receiver.files:
            raise NoFileError(form.content)
        yield receiver.files
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(receiver.discard)


async def _receive(request: Request, receiver: _Receiver) -> None:
    parser = _parser(request, receiver)
    body_size, batch = 0, bytearray()
    async for chunk in request.stream():
        body_size += len(chunk)
        batch += chunk
        if len(batch) >= _BATCH_BYTES:
            await to_thread.run_sync(_parse, parser, bytes(batch))
            batch.clear()
            if body_size - receiver.size > receiver.overhead_allowed():
                raise UploadMalformedError("The upload has far more bytes around its files than a form needs.")
    await to_thread.run_sync(_parse, parser, bytes(batch))
    if receiver.in_part:
        raise UploadMalformedError("The upload ends in the middle of a file; send it again.")


def _parser(request: Request, receiver: _Receiver) -> StreamingFormDataParser:
    try:
        parser = StreamingFormDataParser({"content-type": request.headers.get("content-type", "")}, strict=True)
    except (ParseFailedException, UnicodeError, ValueError) as error:
        raise UploadMalformedError("The body must be multipart/form-data with a boundary.") from error
    parser.register("file", receiver)
    return parser


def _parse(parser: StreamingFormDataParser, data: bytes) -> None:
    try:
        parser.data_received(data)
    except UnexpectedPartException as error:
        raise UnexpectedFieldError from error
    except (ParseFailedException, UnicodeError) as error:
        raise UploadMalformedError("The body is not well-formed multipart/form-data.") from error
    except OSError as error:
        raise ArtifactStoreError(f"The artifact store did not take the upload: {type(error).__name__}.") from error


def place(files: Sequence[ReceivedFile]) -> None:
    """Give the bytes their addresses: the last step before the commit, when nothing but the database can still fail.

    They are never taken back. A connection lost during COMMIT does not tell whether the rows exist that name them, and
    the same content may meanwhile belong to another upload. What is left behind then is found again under its digest
    when it is sent again.
    """
    for file in files:
        file.staged.commit()
