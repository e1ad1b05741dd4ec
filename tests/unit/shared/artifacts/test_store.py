import hashlib
import os
import time
from pathlib import Path

import pytest

from shared.artifacts.store import ArtifactMissingError, ArtifactStore, ArtifactStoreError


def _files(store: ArtifactStore) -> list[Path]:
    return [path for path in Path(store.root).rglob("*") if path.is_file()]


def test_stored_bytes_come_back_under_their_sha256(artifacts: ArtifactStore) -> None:
    ref = artifacts.put_bytes(b"a head", "text/plain")
    assert ref.digest == hashlib.sha256(b"a head").hexdigest()
    assert ref.size == 6
    assert b"".join(artifacts.chunks(ref.digest)) == b"a head"


def test_equal_content_is_kept_once(artifacts: ArtifactStore) -> None:
    for _ in range(3):
        artifacts.put_bytes(b"same", "text/plain")
    assert len(_files(artifacts)) == 1


def test_what_breaks_off_leaves_nothing(artifacts: ArtifactStore) -> None:
    def receive() -> None:
        with artifacts.stage() as staged:
            staged.write(b"half a")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        receive()
    assert _files(artifacts) == []


def test_nothing_is_visible_before_the_commit(artifacts: ArtifactStore) -> None:
    with artifacts.stage() as staged:
        staged.write(b"patience")
        with pytest.raises(ArtifactMissingError):
            artifacts.open(staged.digest)
        staged.commit()
        artifacts.open(staged.digest).close()


def test_staged_bytes_can_be_read_back_before_the_commit(artifacts: ArtifactStore) -> None:
    with artifacts.stage() as staged:
        staged.write(b"look first")
        with staged.reopened() as file:
            assert file.read() == b"look first"
        assert staged.commit().size == 10


@pytest.mark.parametrize("url", ["directory", "memory://artifacts-as-files"])
def test_stored_bytes_are_a_local_file_for_those_who_read_by_path(url: str, tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path / 'artifacts'}" if url == "directory" else url)
    content = b"video" * 500_000
    digest = store.put_bytes(content, "video/mp4").digest
    with store.as_file(digest) as path:
        assert path.read_bytes() == content
    in_place = url == "directory"
    assert path.exists() == in_place  # a copy is gone, the original is not
    with pytest.raises(ArtifactMissingError), store.as_file("0" * 64):
        pass


def test_a_file_is_stored_like_bytes(artifacts: ArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 3_000_000)
    ref = artifacts.put_file(tmp_path / "f", "application/gzip")
    assert ref.size == 3_000_000
    assert ref.digest == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def test_the_sweep_removes_only_old_leftovers(artifacts: ArtifactStore) -> None:
    artifacts.stage().write(b"abandoned")
    kept = artifacts.put_bytes(b"kept", "text/plain")
    assert artifacts.sweep_staging(3600, time.time()) == 0
    assert artifacts.sweep_staging(3600, time.time() + 7200) == 1
    assert [path.name for path in _files(artifacts)] == [kept.digest]


def test_a_store_that_is_gone_says_so(artifacts: ArtifactStore) -> None:
    artifacts.check()
    artifacts.filesystem.rm(artifacts.root, recursive=True)
    with pytest.raises(ArtifactStoreError):
        artifacts.check()


def test_the_free_share_is_that_of_the_disk_below(artifacts: ArtifactStore) -> None:
    disk = os.statvfs(artifacts.root)
    assert artifacts.free_share() == pytest.approx(disk.f_bavail / disk.f_blocks, abs=0.01)


def test_a_store_without_a_disk_of_its_own_never_fills() -> None:
    assert ArtifactStore("memory://elsewhere").free_share() == 1.0
