"""POST requests that may safely be sent twice: the answer is kept in the transaction of its effect."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.auth.access import SignedIn, administrators, clinicians, signed_in
from gateway.platform import Platform, ThePlatform
from shared.database.tables import IdempotentAnswer
from shared.errors import InputRefusedError

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Sent again with the same key and content, the request has no second effect and the first "
        "answer is repeated, marked with Idempotency-Replayed: true.",
    ),
]
Work = Callable[[Session], BaseModel | None]


class IdempotencyKeyReusedError(InputRefusedError):
    """The key was used before for another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for a request with another content; choose a new key.")


class Call:
    """One POST request of a signed-in user."""

    def __init__(self, request: Request, platform: Platform, user: SignedIn, key: str | None) -> None:
        self.platform = platform
        self.user = user
        self.key = key
        self._address = f"{request.method} {request.url.path}"

    def once(
        self, work: Work, *, content: str, status: int = 201, location: Callable[[Any], str] | None = None
    ) -> Response:
        """Run ``work`` in one transaction, or repeat the answer of the request that first carried this key.

        ``content`` is what makes two requests the same besides their address; it must hold no secret, since a digest
        of it is stored. An error that ``work`` raises is not kept: the request may be sent again with the same key.
        Raises IdempotencyKeyReusedError.
        """

        def answer(session: Session) -> Response:
            if self.key is None:
                return _response(*_answer_of(work(session), status, location))
            fingerprint = hashlib.sha256(f"{self._address}\n{content}".encode()).hexdigest()
            if kept := self._kept(session):
                return _replay(kept, fingerprint)
            row = IdempotentAnswer(user_id=self.user.id, key=self.key, fingerprint=fingerprint)
            session.add(row)
            session.flush()  # the same key in another transaction waits here, and fails once this one commits
            row.status, row.location, row.body = _answer_of(work(session), status, location)
            return _response(row.status, row.location, row.body)

        try:
            return self.platform.database.write(answer)
        except IntegrityError:
            if self.key is None:
                raise
            return self.platform.database.write(answer)  # the twin has committed: its answer is there to repeat

    def already_answered(self) -> bool:
        """Whether this key has an answer, so that refusing the request now would contradict it."""
        if self.key is None:
            return False
        with self.platform.database.reading() as session:
            return self._kept(session) is not None

    def _kept(self, session: Session) -> IdempotentAnswer | None:
        mine = (IdempotentAnswer.user_id == self.user.id) & (IdempotentAnswer.key == self.key)
        return session.scalar(select(IdempotentAnswer).where(mine))


def _answer_of(
    result: BaseModel | None, status: int, location: Callable[[Any], str] | None
) -> tuple[int, str | None, str]:
    body = "" if result is None else result.model_dump_json()
    return status, None if location is None else location(result), body


def _replay(kept: IdempotentAnswer, fingerprint: str) -> Response:
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReusedError
    response = _response(kept.status, kept.location, kept.body)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _response(status: int, location: str | None, body: str) -> Response:
    headers = {} if location is None else {"Location": location}
    return Response(body, status, headers, "application/json" if body else None)


def _call_by(allowed: Callable[..., SignedIn]) -> Callable[..., Call]:
    def call(
        request: Request,
        platform: ThePlatform,
        user: Annotated[SignedIn, Depends(allowed)],
        key: IdempotencyKey = None,
    ) -> Call:
        return Call(request, platform, user, key)

    return call


AnyonesCall = Annotated[Call, Depends(_call_by(signed_in))]
CliniciansCall = Annotated[Call, Depends(_call_by(clinicians))]
AdministratorsCall = Annotated[Call, Depends(_call_by(administrators))]
