import pytest
from argon2 import PasswordHasher

from gateway.auth import passwords
from tests.fixtures.gateway import gateway

__all__ = ["gateway"]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same argon2id with 1 MiB and one pass: the real cost would be most of the tests' time."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1024))
