"""The manifest beside every model file: what it is, where it comes from, and the checksum it must have."""

import hashlib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import PlatformError

MANIFEST_NAME = "manifest.json"


class ModelFileMissingError(PlatformError):
    """A model file or its manifest is not where the service expects it."""

    code = "model_file_missing"


class ModelManifestError(PlatformError):
    """The manifest beside a model cannot be read as one."""

    code = "model_manifest_invalid"


class ModelChecksumError(PlatformError):
    """A model file is not the file that its manifest describes."""

    code = "model_checksum_mismatch"


class ModelManifest(BaseModel):
    """What every model of the platform declares; a service adds fields of its own in a subclass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    file: str = Field(description="file name of the model, in the folder of the manifest")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size_bytes: int = Field(gt=0)
    licence: str
    data: str = Field(description="what the model was trained on")
    input: str = Field(description="shape, type and meaning of the input")
    output: str = Field(description="shape, type and meaning of the outputs")
    figures: dict[str, Any] = Field(default_factory=dict, description="measured figures with their intervals")


ManifestType = TypeVar("ManifestType", bound=ModelManifest)


def read_manifest(folder: Path, kind: type[ManifestType]) -> ManifestType:
    """Read ``folder/manifest.json`` as ``kind``.

    Raises ModelFileMissingError where there is none and ModelManifestError where it is malformed.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise ModelFileMissingError(f"No {MANIFEST_NAME} in {folder}; install the model's files there.")
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        raise ModelManifestError(f"{path} is not a model manifest: {field}: {first['msg']}; restore it.") from error


def verified_file(folder: Path, manifest: ModelManifest) -> Path:
    """Path of the manifest's model file, after its SHA-256 was compared.

    Raises ModelFileMissingError where it is absent and ModelChecksumError where it differs: a half-copied or
    swapped model must never answer about a patient.
    """
    path = folder / manifest.file
    if not path.is_file():
        raise ModelFileMissingError(f"Model file {path} is missing; install {manifest.name} {manifest.version} there.")
    if sha256_of(path) != manifest.sha256:
        raise ModelChecksumError(
            f"Model file {path} is not {manifest.name} {manifest.version}: its SHA-256 differs; install it again."
        )
    return path


def sha256_of(path: Path) -> str:
    """Lower-case hexadecimal SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
