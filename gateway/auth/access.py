"""Who sends a request, and what they may do: the dependencies that guard every route."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from gateway.platform import ThePlatform
from shared.contracts.states import Role
from shared.database.columns import now
from shared.database.tables import SignIn, User
from shared.errors import PlatformError

COOKIE: Final = "dhn_session"
_SAFE_METHODS: Final = {"GET", "HEAD", "OPTIONS"}

_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="The token that signing in answers with")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="cookie", description="Set by signing in")


class NotSignedInError(PlatformError):
    """The request carries no session that is valid now."""

    code = "not_signed_in"
    status = 401

    def __init__(self) -> None:
        super().__init__("There is no valid session; sign in and send its token or cookie.")


class NotAllowedError(PlatformError):
    """The user's role does not include this."""

    code = "not_allowed"
    status = 403

    def __init__(self, allowed: tuple[Role, ...]) -> None:
        super().__init__(f"This needs the role {' or '.join(allowed)}; ask an administrator.")


class CrossSiteRequestError(PlatformError):
    """A browser sent the session cookie on behalf of another site's page."""

    code = "cross_site_request"
    status = 403

    def __init__(self) -> None:
        super().__init__("The request comes from another site's page; use the platform's own page or a bearer token.")


@dataclass(frozen=True)
class SignedIn:
    """The user behind a request, by the session it carries."""

    user: User
    session_id: UUID
    expires_at: datetime

    @property
    def id(self) -> UUID:
        """The user's id."""
        return self.user.id

    @property
    def actor(self) -> str:
        """The user as the audit names them."""
        return str(self.user.id)


def digest_of(token: str) -> str:
    """What the database keeps of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(
    request: Request,
    platform: ThePlatform,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> SignedIn:
    """Whoever sends the request. Raises NotSignedInError, CrossSiteRequestError."""
    token = bearer.credentials if bearer is not None else cookie
    if token is None:
        raise NotSignedInError
    if bearer is None:
        refuse_cross_site(request)
    with platform.database.reading() as session:
        found = find_session(session, SignIn.token_digest == digest_of(token))
    if found is None:
        raise NotSignedInError
    return found


def find_session(session: Session, which: ColumnElement[bool]) -> SignedIn | None:
    """The user of the session, if it is neither over nor ended nor its user disabled."""
    valid = SignIn.revoked_at.is_(None) & (SignIn.expires_at > now()) & ~User.disabled
    row = session.execute(select(User, SignIn).join(SignIn, SignIn.user_id == User.id).where(which & valid)).first()
    return None if row is None else SignedIn(row.User, row.SignIn.id, row.SignIn.expires_at)


def refuse_cross_site(request: Request) -> None:
    """Raise CrossSiteRequestError where a browser says that another site's page sends a changing request."""
    if request.method in _SAFE_METHODS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:  # older browsers, plain http; what is no browser sends neither
        ours = origin is None or _host_of(origin) == request.headers.get("host")
    if not ours:
        raise CrossSiteRequestError


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _only(*allowed: Role) -> Callable[[SignedIn], SignedIn]:
    def check(user: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
        if user.user.role not in allowed:
            raise NotAllowedError(allowed)
        return user

    return check


clinicians = _only(Role.CLINICIAN, Role.ADMIN)
administrators = _only(Role.ADMIN)

Anyone = Annotated[SignedIn, Depends(signed_in)]
Clinician = Annotated[SignedIn, Depends(clinicians)]
Administrator = Annotated[SignedIn, Depends(administrators)]
