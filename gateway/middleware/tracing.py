"""Correlation id, metrics and one log line for every request."""

import re
import time
from typing import Any, Final
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observability import metrics
from shared.observability.correlation import correlated
from shared.observability.logs import logger

log = logger(__name__)

HEADER: Final = "X-Request-ID"
_ACCEPTED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Asked every few seconds: a line each would drown the log.
_UNLOGGED: Final = ("/health/live", "/health/ready", "/metrics")
# A sender may name any method and path: neither may become a label of its own.
_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_UNKNOWN: Final = "unknown"
_LEFT: Final = 499  # the sender left before an answer began, as nginx counts it


class Tracing:
    """Surrounds the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request under its correlation id: the caller's, if it is harmless, else a fresh one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _ACCEPTED.fullmatch(given) else uuid4().hex
        started_s, status = time.monotonic(), _LEFT
        answered_s = None

        async def send_traced(message: Message) -> None:
            nonlocal status, answered_s
            if message["type"] == "http.response.start":
                status, answered_s = message["status"], time.monotonic()
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with correlated(request_id):
            try:
                await self._app(scope, receive, send_traced)
            finally:
                # To the first byte: a stream that lasts ten minutes is not a slow answer.
                seconds = (answered_s or time.monotonic()) - started_s
                _record(scope, status, seconds, time.monotonic() - started_s)


def _record(scope: Scope, status: int, answer_s: float, whole_s: float) -> None:
    route = _template_of(scope)
    method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
    metrics.REQUESTS.labels(method, route, status).inc()
    metrics.REQUEST_SECONDS.labels(method, route).observe(answer_s)
    if route in _UNLOGGED:
        return
    # Paths of ours hold ids alone; any other path, and every query, may hold a name.
    path = scope["path"] if route != _UNKNOWN else None
    log.info("request", method=method, route=route, path=path, status=status, seconds=round(whole_s, 3))


def _template_of(scope: Scope) -> str:
    """The path of the route with its parameters unfilled, so that metrics stay few."""
    route: Any = scope.get("route")
    return getattr(route, "path", None) or _UNKNOWN
