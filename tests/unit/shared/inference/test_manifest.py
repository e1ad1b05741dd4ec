import json
from pathlib import Path

import pytest

from shared.errors import PlatformError
from shared.inference.manifest import (
    ModelChecksumError,
    ModelFileMissingError,
    ModelManifest,
    ModelManifestError,
    read_manifest,
    sha256_of,
    verified_file,
)

# SHA-256 of the three bytes "abc", from FIPS 180-2.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.onnx").write_bytes(b"abc")
    described = {
        "name": "model",
        "version": "1.0.0",
        "file": "model.onnx",
        "sha256": ABC,
        "size_bytes": 3,
        "licence": "Apache-2.0",
        "data": "generated",
        "input": "x",
        "output": "y",
    }
    (tmp_path / "manifest.json").write_text(json.dumps(described))
    return tmp_path


def test_a_file_that_fits_its_manifest_is_given_out(folder: Path) -> None:
    manifest = read_manifest(folder, ModelManifest)
    assert verified_file(folder, manifest) == folder / "model.onnx"
    assert sha256_of(folder / "model.onnx") == ABC


def test_one_changed_byte_is_refused(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"abd")
    with pytest.raises(ModelChecksumError, match="SHA-256 differs"):
        verified_file(folder, read_manifest(folder, ModelManifest))


def test_a_missing_model_and_a_missing_manifest_have_a_name(folder: Path) -> None:
    manifest = read_manifest(folder, ModelManifest)
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelFileMissingError, match=r"model\.onnx is missing"):
        verified_file(folder, manifest)
    (folder / "manifest.json").unlink()
    with pytest.raises(ModelFileMissingError, match=r"No manifest\.json"):
        read_manifest(folder, ModelManifest)


def test_a_manifest_without_a_checksum_names_the_field(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"name": "model", "sha256": "short"}')
    with pytest.raises(ModelManifestError, match="version"):
        read_manifest(folder, ModelManifest)


def test_all_refusals_are_platform_errors_with_their_own_code() -> None:
    kinds = (ModelChecksumError, ModelFileMissingError, ModelManifestError)
    assert all(issubclass(kind, PlatformError) for kind in kinds)
    assert len({kind.code for kind in kinds}) == 3
