"""Runs an application until it is told to stop, letting the requests at hand end."""

import socket
from typing import Final

import uvicorn
from fastapi import FastAPI

from gateway.platform import Platform

# An upload under way at the time of stopping may take this long to end.
_GRACE_S: Final = 30


class Server(uvicorn.Server):
    """uvicorn, but streams of events end as soon as it shuts down: they would hold it up for minutes."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._platform: Platform = app.state.platform
        super().__init__(
            uvicorn.Config(
                app,
                host,
                port,
                log_config=None,
                access_log=False,  # the tracing middleware writes a line that holds no query
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then wait for the other requests."""
        self._platform.broadcaster.close()
        await super().shutdown(sockets)


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    Server(app, host, port).run()
