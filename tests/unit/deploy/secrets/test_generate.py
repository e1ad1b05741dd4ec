import json
import os
import stat
from pathlib import Path

import pytest

from deploy.secrets.generate import generate

CONSUMERS = ("platform", "mysql", "redis", "grafana", "first_admin", "orthanc", "pacs_bridge")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for consumer in CONSUMERS:
        (tmp_path / consumer).mkdir()
    return tmp_path


def files(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_the_first_start_makes_a_different_password_for_each_consumer(root: Path) -> None:
    names = generate(root, os.getgid())
    made = files(root)
    assert len(names) == len({made[name] for name in names}) == 8
    assert all(len(made[name]) >= 43 for name in names)  # 32 bytes, base64


def test_a_second_start_changes_nothing(root: Path) -> None:
    generate(root, os.getgid())
    before = files(root)
    assert generate(root, os.getgid()) == []
    assert files(root) == before


def test_two_deployments_share_no_password(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    for consumer in CONSUMERS:
        (other / consumer).mkdir()
    generate(root, os.getgid())
    generate(other, os.getgid())
    assert not set(files(root).values()) & set(files(other).values())


def test_the_urls_carry_the_passwords_that_the_servers_get(root: Path) -> None:
    generate(root, os.getgid())
    made = files(root)
    assert made["platform/dhn_database_url"] == f"mysql+pymysql://dhn:{made['mysql/password']}@mysql:3306/dhn"
    assert made["platform/dhn_broker_url"] == f"redis://:{made['redis/password']}@redis:6379/0"
    users = json.loads(made["orthanc/users.json"])["RegisteredUsers"]
    assert users == {
        "pacs-bridge": made["pacs_bridge/dhn_pacs_password"],
        "modality": made["orthanc/modality_password"],
    }
    assert made["pacs_bridge/dhn_pacs_account_password"] == made["pacs_bridge/account_password"]
    assert made["redis/auth.conf"] == f"requirepass {made['redis/password']}\n"
    assert f"password={made['mysql/password']}\n" in made["mysql/client.cnf"]


def test_a_lost_url_is_written_again_from_the_password(root: Path) -> None:
    generate(root, os.getgid())
    before = files(root)
    (root / "platform/dhn_broker_url").unlink()
    assert generate(root, os.getgid()) == []
    assert files(root) == before


def test_a_consumer_finds_only_its_own_secrets(root: Path) -> None:
    generate(root, os.getgid())
    made = files(root)
    # Who serves, and who may know the server's password besides.
    for password, clients in {
        "mysql/password": {"platform", "pacs_bridge"},
        "redis/password": {"platform"},
        "orthanc/bridge_password": {"pacs_bridge"},
        "orthanc/modality_password": set(),
        "pacs_bridge/account_password": set(),
    }.items():
        knowing = {password.split("/")[0], *clients}
        others = "".join(text for name, text in made.items() if name.split("/")[0] not in knowing)
        assert made[password] not in others, password
    assert made["mysql/root_password"] not in "".join(t for n, t in made.items() if n != "mysql/root_password")


def test_nobody_but_owner_and_group_may_read(root: Path) -> None:
    generate(root, os.getgid())
    for name in files(root):
        assert stat.S_IMODE((root / name).stat().st_mode) == 0o440, name


def test_a_draft_left_by_a_crash_does_not_stop_the_next_start(root: Path) -> None:
    (root / "mysql/.password.new").write_text("half")
    generate(root, os.getgid())
    assert (root / "mysql/password").read_text() != "half"
    assert not (root / "mysql/.password.new").exists()
