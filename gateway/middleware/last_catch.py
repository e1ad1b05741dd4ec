"""The last catch: what nobody foresaw becomes a 500 that tells nothing, and a log line without patient data."""

import traceback

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.problems import unexpected
from shared.observability.logs import logger

log = logger(__name__)


class LastCatch:
    """Surrounds the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:
            log.error("request_failed", error=type(error).__name__, where=_where(error))
            if begun:
                raise  # the server breaks the connection off, so that half an answer does not look whole
            await unexpected(Request(scope))(scope, receive, send)


def _where(error: Exception) -> list[str]:
    """The lines of code that led here, without the error's text, which may quote its input."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
