"""Who may sign in: listing, adding, changing, and everyone's own password."""

from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.auth.access import SignedIn
from gateway.auth.passwords import hash_password, matches
from gateway.auth.schemas import PasswordChange, UserIn, UserPatch
from gateway.auth.sessions import end_sessions
from gateway.errors import NotFoundError
from gateway.paging import Paging, fetch
from shared.contracts.states import Role
from shared.database.columns import now
from shared.database.journal import note_audit
from shared.database.tables import User
from shared.errors import InputRefusedError, PlatformError


class UsernameTakenError(PlatformError):
    """Another user has this name."""

    code = "username_taken"
    status = 409

    def __init__(self) -> None:
        super().__init__("Another user has this username; choose another.")


class LastAdministratorError(PlatformError):
    """Without an administrator nobody could let anyone in again."""

    code = "last_administrator"
    status = 409

    def __init__(self) -> None:
        super().__init__("This is the only administrator left; make another user an administrator first.")


class CurrentPasswordWrongError(InputRefusedError):
    """The present password was not given rightly."""

    code = "current_password_wrong"

    def __init__(self) -> None:
        super().__init__("The current password is wrong; nothing was changed.")


def list_users(session: Session, paging: Paging) -> tuple[list[User], str | None]:
    """Users by name."""
    return fetch(session, select(User), [User.username, User.id], paging)


def add_user(session: Session, new: UserIn, password_hash: str, actor: str) -> User:
    """Let a person in. Raises UsernameTakenError."""
    user = User(id=uuid4(), username=new.username, full_name=new.full_name, role=new.role, password_hash=password_hash)
    user.disabled, user.created_at = False, now()
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise UsernameTakenError from error
    note_audit(session, actor=actor, action="user.created", resource=f"user/{user.id}", detail={"role": new.role})
    return user


def change_user(session: Session, user_id: UUID, patch: UserPatch, password_hash: str | None, actor: str) -> User:
    """Change what ``patch`` names. Raises NotFoundError, LastAdministratorError."""
    # All administrators are locked, so that two of them cannot remove each other at the same moment.
    admins = session.scalars(select(User.id).where(_in_charge()).order_by(User.id).with_for_update()).all()
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFoundError("user")
    if patch.full_name is not None:
        user.full_name = patch.full_name
    if patch.role is not None:
        user.role = patch.role
    if patch.disabled is not None:
        user.disabled = patch.disabled
    if password_hash is not None:
        user.password_hash, user.failed_sign_ins, user.locked_until = password_hash, 0, None
    if list(admins) == [user_id] and (user.disabled or user.role != Role.ADMIN):
        raise LastAdministratorError
    if user.disabled or password_hash is not None:
        end_sessions(session, user_id)
    changed = sorted(patch.model_dump(exclude_none=True))
    note_audit(session, actor=actor, action="user.changed", resource=f"user/{user_id}", detail={"fields": changed})
    return user


def change_own_password(session: Session, user: SignedIn, change: PasswordChange, new_hash: str) -> None:
    """Set a person's own password and end their other sessions. Raises CurrentPasswordWrongError."""
    row = session.get_one(User, user.id, with_for_update=True)
    if not matches(row.password_hash, change.current):
        raise CurrentPasswordWrongError
    row.password_hash = new_hash
    end_sessions(session, user.id, but=user.session_id)
    note_audit(session, actor=user.actor, action="user.password_changed", resource=f"user/{user.id}")


def add_first_administrator(session: Session, username: str, password: str) -> bool:
    """Create the administrator that all other users come from; False if there is one already."""
    if session.scalar(select(func.count()).select_from(User).where(_in_charge())):
        return False
    new = UserIn(username=username, full_name="Administrator", role=Role.ADMIN, password=password)
    add_user(session, new, hash_password(password), actor="create-admin")
    return True


def set_service_account(session: Session, username: str, role: Role, password: str) -> bool:
    """See to it that a service can sign in with ``password``; False if it could already.

    An account that an administrator has disabled, or given another role, is left so.
    """
    user = session.scalar(select(User).where(User.username == username).with_for_update())
    if user is None:
        new = UserIn(username=username, full_name=f"Service {username}", role=role, password=password)
        add_user(session, new, hash_password(password), actor="service-account")
        return True
    if matches(user.password_hash, password):
        return False
    change_user(session, user.id, UserPatch(), hash_password(password), actor="service-account")
    return True


def _in_charge() -> ColumnElement[bool]:
    return (User.role == Role.ADMIN) & ~User.disabled
