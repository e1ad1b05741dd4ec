"""Signing in and out, and the users who may."""

from fastapi import APIRouter, Request, Response

from gateway.address import API
from gateway.auth import sessions, users
from gateway.auth.access import COOKIE, Administrator, Anyone, refuse_cross_site
from gateway.auth.passwords import hash_password
from gateway.auth.schemas import (
    Credentials,
    CurrentSession,
    NewSession,
    PasswordChange,
    User,
    UserIn,
    UserPage,
    UserPatch,
)
from gateway.idempotency import AdministratorsCall, AnyonesCall
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId

sessions_router = APIRouter(prefix=f"{API}/sessions", tags=["sessions"])
users_router = APIRouter(prefix=f"{API}/users", tags=["users"])


@sessions_router.post("", status_code=201, responses=problems(429, body=True))
def sign_in(credentials: Credentials, platform: ThePlatform, request: Request, response: Response) -> NewSession:
    """Open a session: answers with a token, and sets it as a cookie that the page's scripts cannot read."""
    refuse_cross_site(request)
    settings = platform.settings
    user, token = sessions.sign_in(platform.database, settings, credentials.username, credentials.password)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(settings.session_life_hours * 3600),
        path="/",
        httponly=True,
        samesite="strict",
        secure=settings.secure_cookies,
    )
    return NewSession(user=User.model_validate(user.user), expires_at=user.expires_at, token=token)


@sessions_router.get("/current", responses=problems())
def get_current_session(user: Anyone) -> CurrentSession:
    """Whose session this is and when it ends."""
    return CurrentSession(user=User.model_validate(user.user), expires_at=user.expires_at)


@sessions_router.delete("/current", status_code=204, responses=problems())
def sign_out(user: Anyone, platform: ThePlatform, response: Response) -> None:
    """End the session of this request."""
    platform.database.write(lambda session: sessions.sign_out(session, user))
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=platform.settings.secure_cookies)


@users_router.get("", responses=problems())
def list_users(_: Administrator, platform: ThePlatform, paging: ThePaging) -> UserPage:
    """Who may sign in, by username."""
    with platform.database.reading() as session:
        rows, cursor = users.list_users(session, paging)
    return UserPage(items=[User.model_validate(row) for row in rows], next_cursor=cursor)


@users_router.post("", status_code=201, response_model=User, responses=problems(409, body=True))
def create_user(new: UserIn, call: AdministratorsCall) -> Response:
    """Let a person in."""
    password_hash = hash_password(new.password)
    return call.once(
        lambda session: User.model_validate(users.add_user(session, new, password_hash, call.user.actor)),
        content=new.model_dump_json(exclude={"password"}),
    )


@users_router.patch("/{id}", responses=problems(404, 409, body=True))
def change_user(user_id: PathId, patch: UserPatch, user: Administrator, platform: ThePlatform) -> User:
    """Change role, name or password of a user, or disable them; the latter two end their sessions."""
    password_hash = None if patch.password is None else hash_password(patch.password)
    return platform.database.write(
        lambda session: User.model_validate(users.change_user(session, user_id, patch, password_hash, user.actor))
    )


@users_router.post("/me/password", status_code=204, response_model=None, responses=problems(body=True))
def change_own_password(change: PasswordChange, call: AnyonesCall) -> Response:
    """Set one's own password; ends all of one's other sessions."""
    new_hash = hash_password(change.new)
    return call.once(
        lambda session: users.change_own_password(session, call.user, change, new_hash), content="", status=204
    )
