"""Passwords as argon2id hashes (RFC 9106, second recommended option: 64 MiB, 3 passes)."""

from functools import cache
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each verification takes 64 MiB: without a bound, 40 request threads would take 2.5 GiB.
_AT_ONCE = BoundedSemaphore(4)
_HASHER: Final = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. ``None``, an unknown user's hash, takes as long to refuse as a wrong password."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash or _nobody(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return _HASHER.hash("the password of nobody")
