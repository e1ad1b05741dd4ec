"""Bounds what a request may send into memory."""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A patient's record is a few kilobytes.
_LIMIT_BYTES: Final = 1 << 20
# Uploads go to the artifact store as they come, and have limits of their own.
_STREAMED: Final = re.compile(r"/api/v1/patients/[^/]+/(studies|videos)")


class BodyLimit:
    """Ends the reading of a body that grows too large; the routes' own error handler answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or (scope["method"] == "POST" and _STREAMED.fullmatch(scope["path"])):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        size = 0

        async def receive_bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > _LIMIT_BYTES or (announced.isdigit() and int(announced) > _LIMIT_BYTES):
                raise HTTPException(413)
            return message

        await self._app(scope, receive_bounded, send)
