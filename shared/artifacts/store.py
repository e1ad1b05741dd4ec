"""Content-addressed store over fsspec: a directory or S3.

Bytes are first written under ``staging/`` and moved to ``sha256/ab/abcd…`` once complete and hashed, so that an address
never shows half a file, equal content is kept once, and a reader can check what it read.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, Self
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem
from pydantic import BaseModel, ConfigDict

from shared.errors import PlatformError, TemporarilyUnavailableError

_CHUNK_BYTES = 1 << 20


class ArtifactMissingError(PlatformError):
    """The database names an artifact that the store does not hold."""

    code = "artifact_missing"


class ArtifactStoreError(TemporarilyUnavailableError):
    """The store did not take or give the bytes."""

    code = "artifact_store_unavailable"


class ArtifactRef(BaseModel):
    """The address of stored bytes."""

    model_config = ConfigDict(frozen=True)

    digest: str
    size: int
    media_type: str = "application/octet-stream"


class StagedArtifact:
    """Bytes being received. ``commit`` gives them their address, ``discard`` forgets them."""

    def __init__(self, store: "ArtifactStore") -> None:
        self._store = store
        self._path = f"{store.root}/staging/{uuid4().hex}"
        self._hash = hashlib.sha256()
        self._file: BinaryIO = store.filesystem.open(self._path, "wb")
        self._gone = False
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)

    @property
    def digest(self) -> str:
        """SHA-256 of what was received so far, in hexadecimal."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """All bytes are there; gives the open file back, of which a process may have only so many."""
        self._file.close()

    def commit(self, media_type: str = "application/octet-stream") -> ArtifactRef:
        """Move the bytes to their address. Doing so twice, or with bytes already there, changes nothing."""
        self.close()
        target = self._store.path_of(self.digest)
        if self._gone or self._store.filesystem.exists(target):
            self.discard()
        else:
            self._store.filesystem.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
            self._store.filesystem.mv(self._path, target)
            self._gone = True
        return ArtifactRef(digest=self.digest, size=self.size, media_type=media_type)

    def discard(self) -> None:
        """Forget the bytes; a second call does nothing."""
        self.close()
        if not self._gone:
            self._store.filesystem.rm(self._path)
            self._gone = True

    @contextmanager
    def reopened(self) -> Iterator[BinaryIO]:
        """Read the staged bytes back before deciding on them."""
        self.close()
        with self._store.filesystem.open(self._path, "rb") as file:
            yield file

    def __enter__(self) -> Self:
        """Leave with an error and the bytes are forgotten."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Forget the bytes unless all went well."""
        if kind is not None:
            self.discard()


class ArtifactStore:
    """Where the bytes lie. Safe to use from several processes at once."""

    def __init__(self, url: str) -> None:
        self.filesystem, root = fsspec.core.url_to_fs(url)
        self.root: str = root.rstrip("/")
        self.filesystem.makedirs(f"{self.root}/staging", exist_ok=True)

    def path_of(self, digest: str) -> str:
        """Where content of this digest lies; two letters of fan-out keep directories small."""
        return f"{self.root}/sha256/{digest[:2]}/{digest}"

    def stage(self) -> StagedArtifact:
        """Begin to receive bytes."""
        return StagedArtifact(self)

    def put_bytes(self, data: bytes, media_type: str) -> ArtifactRef:
        """Store bytes at hand."""
        with self.stage() as staged:
            staged.write(data)
            return staged.commit(media_type)

    def put_file(self, path: Path, media_type: str) -> ArtifactRef:
        """Store a local file, a chunk at a time."""
        with self.stage() as staged, path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                staged.write(chunk)
            return staged.commit(media_type)

    def open(self, digest: str) -> BinaryIO:
        """Open stored bytes for reading (seekable). Raises ArtifactMissingError."""
        try:
            file: BinaryIO = self.filesystem.open(self.path_of(digest), "rb")
        except FileNotFoundError as error:
            message = f"Artifact {digest[:12]}… is not in the store; was the store restored without it?"
            raise ArtifactMissingError(message) from error
        return file

    @contextmanager
    def as_file(self, digest: str) -> Iterator[Path]:
        """Stored bytes as a local file, for what reads by path: in place in a directory, else a copy for this long.

        It must not be written to. Raises ArtifactMissingError.
        """
        if isinstance(self.filesystem, LocalFileSystem):
            self.open(digest).close()
            yield Path(self.path_of(digest))
            return
        with NamedTemporaryFile(prefix="artifact-") as copy:
            for chunk in self.chunks(digest):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)

    def chunks(self, digest: str) -> Iterator[bytes]:
        """The stored bytes a chunk at a time. Raises ArtifactMissingError at once, not on the first chunk."""
        file = self.open(digest)

        def read() -> Iterator[bytes]:
            with file:
                while chunk := file.read(_CHUNK_BYTES):
                    yield chunk

        return read()

    def check(self) -> None:
        """Raise ArtifactStoreError unless the store answers."""
        try:
            self.filesystem.ls(self.root)
        except Exception as error:
            raise ArtifactStoreError(f"The artifact store does not answer: {type(error).__name__}.") from error

    def free_share(self) -> float:
        """Share of the store's disk that is free, 0 to 1; 1 where it has no disk of its own to fill (S3)."""
        if not isinstance(self.filesystem, LocalFileSystem):
            return 1.0
        usage = shutil.disk_usage(self.root)
        return usage.free / usage.total

    def sweep_staging(self, older_than_s: float, now_s: float) -> int:
        """Remove what uploads that broke off left behind. Returns how many files went."""
        removed = 0
        for entry in self._staged():
            if entry["modified_s"] < now_s - older_than_s:
                self.filesystem.rm(entry["name"])
                removed += 1
        return removed

    def _staged(self) -> Iterator[dict[str, Any]]:
        for name in self.filesystem.ls(f"{self.root}/staging", detail=False):
            yield {"name": name, "modified_s": self.filesystem.modified(name).timestamp()}
