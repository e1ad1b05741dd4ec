"""Generates the deployment's passwords at its first start; what exists is never changed.

Runs once per start as root in a container without network. Each consumer has a volume of its own under ``--root``, so
that no container sees another's secrets. Files belong to root and are readable by one group, which the consumers join.
Passwords are the source; the files derived from them (URLs, client configurations) are written again from them.
"""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

# 32 random bytes, in characters that need quoting neither in a URL nor in a configuration file.
_PASSWORD_BYTES = 32
_READABLE_BY_GROUP = 0o440


def generate(root: Path, group: int) -> list[str]:
    """Make missing passwords below ``root`` and the files derived from them; returns the names of new passwords."""
    new: list[str] = []

    def password(name: str) -> str:
        path = root / name
        if not path.exists():
            new.append(name)
            _write(path, secrets.token_urlsafe(_PASSWORD_BYTES), group)
        return path.read_text()

    database = password("mysql/password")
    password("mysql/root_password")
    broker = password("redis/password")
    password("grafana/admin_password")
    password("first_admin/password")
    pacs_bridge = password("orthanc/bridge_password")
    pacs_modality = password("orthanc/modality_password")
    pacs_account = password("pacs_bridge/account_password")

    database_url = f"mysql+pymysql://dhn:{database}@mysql:3306/dhn"
    derived = {
        "platform/dhn_database_url": database_url,
        "platform/dhn_broker_url": f"redis://:{broker}@redis:6379/0",
        "mysql/client.cnf": f"[client]\nuser=dhn\npassword={database}\n",
        "redis/auth.conf": f"requirepass {broker}\n",
        "orthanc/users.json": json.dumps({"RegisteredUsers": {"pacs-bridge": pacs_bridge, "modality": pacs_modality}}),
        "pacs_bridge/dhn_database_url": database_url,
        "pacs_bridge/dhn_pacs_password": pacs_bridge,
        "pacs_bridge/dhn_pacs_account_password": pacs_account,
    }
    for name, content in derived.items():
        _write(root / name, content, group)
    return new


def _write(path: Path, content: str, group: int) -> None:
    """Put the whole file in its place at once: a reader never sees half a password."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
        os.fchown(descriptor, -1, group)
        os.fchmod(descriptor, _READABLE_BY_GROUP)
    draft.replace(path)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("/secrets"), help="holds one directory per consumer")
    parser.add_argument("--group", type=int, default=10001, help="group that may read (default: %(default)s)")
    arguments = parser.parse_args()
    sys.stdout.write(json.dumps({"generated": generate(arguments.root, arguments.group)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
