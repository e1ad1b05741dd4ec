"""Signing in and out."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.auth.access import SignedIn, digest_of
from gateway.auth.passwords import matches
from gateway.errors import TryLaterError
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.journal import note_audit
from shared.database.tables import SignIn, User
from shared.errors import PlatformError
from shared.observability import metrics
from shared.settings import Settings


class SignInFailedError(PlatformError):
    """Username or password is wrong, or the user is disabled; which of them stays unsaid."""

    code = "sign_in_failed"
    status = 401

    def __init__(self) -> None:
        super().__init__("The username or the password is wrong, or the user is disabled.")


class SignInLockedError(TryLaterError):
    """Too many wrong passwords in a row."""

    code = "sign_in_locked"


def sign_in(database: Database, settings: Settings, username: str, password: str) -> tuple[SignedIn, str]:
    """Open a session; returns it with its token. Raises SignInFailedError, SignInLockedError.

    The slow comparison runs outside the transaction, which then sees to it that nothing changed meanwhile.
    """
    with database.reading() as session:
        user = session.scalar(select(User).where(User.username == username.lower()))
    _refuse_locked(user)
    right = matches(user.password_hash if user else None, password)
    if user is None:
        metrics.SIGN_INS.labels("unknown_user").inc()
        raise SignInFailedError
    if not right or user.disabled:
        metrics.SIGN_INS.labels("wrong").inc()
        database.write(lambda session: _count_failure(session, user, settings))
        raise SignInFailedError
    opened = database.write(lambda session: _open(session, user, settings))
    metrics.SIGN_INS.labels("ok").inc()
    return opened


def sign_out(session: Session, user: SignedIn) -> None:
    """End the session of this request."""
    session.execute(update(SignIn).where(SignIn.id == user.session_id).values(revoked_at=now()))
    note_audit(session, actor=user.actor, action="session.ended", resource=f"session/{user.session_id}")


def end_sessions(session: Session, user_id: UUID, *, but: UUID | None = None) -> None:
    """End all sessions of a user, save perhaps the one that asks for it."""
    open_ones = (SignIn.user_id == user_id) & SignIn.revoked_at.is_(None)
    if but is not None:
        open_ones &= SignIn.id != but
    session.execute(update(SignIn).where(open_ones).values(revoked_at=now()))


def _refuse_locked(user: User | None) -> None:
    if user is None or user.locked_until is None:
        return
    left_s = (user.locked_until - now()).total_seconds()
    if left_s > 0:
        metrics.SIGN_INS.labels("locked").inc()
        raise SignInLockedError("Too many wrong passwords; wait before the next attempt.", left_s)


def _count_failure(session: Session, user: User, settings: Settings) -> None:
    """Count in the database, where attempts sent side by side add up; the last one allowed locks."""
    session.execute(update(User).where(User.id == user.id).values(failed_sign_ins=User.failed_sign_ins + 1))
    failures = session.scalar(select(User.failed_sign_ins).where(User.id == user.id)) or 0
    if failures >= settings.sign_in_max_failures:
        locked = {"failed_sign_ins": 0, "locked_until": now() + timedelta(seconds=settings.sign_in_lock_s)}
        session.execute(update(User).where(User.id == user.id).values(**locked))
        note_audit(session, actor=str(user.id), action="user.locked", resource=f"user/{user.id}")
    note_audit(session, actor=str(user.id), action="session.refused", resource=f"user/{user.id}")


def _open(session: Session, seen: User, settings: Settings) -> tuple[SignedIn, str]:
    user = session.get_one(User, seen.id, with_for_update=True)
    if user.disabled or user.password_hash != seen.password_hash:
        raise SignInFailedError
    _refuse_locked(user)
    user.failed_sign_ins, user.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    row = SignIn(
        user_id=user.id,
        token_digest=digest_of(token),
        expires_at=now() + timedelta(hours=settings.session_life_hours),
    )
    session.add(row)
    session.flush()
    note_audit(session, actor=str(user.id), action="session.opened", resource=f"session/{row.id}")
    return SignedIn(user, row.id, row.expires_at), token
