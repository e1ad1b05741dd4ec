"""Serves the built browser page: its files, and index.html for the addresses that the page itself resolves."""

from pathlib import Path, PurePosixPath
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

_NOT_THE_PAGE: Final = {"api", "health", "metrics"}
# Vite puts a hash of the content into the names of all it writes there.
_HASHED: Final = "assets"


def serve_page(app: FastAPI, directory: Path) -> None:
    """Serve the page in ``directory`` at every address that no route has. Raises RuntimeError if it is not there."""
    app.router.default = _Page(directory)


class _Page(StaticFiles):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._index = directory / "index.html"
        if not self._index.is_file():
            raise RuntimeError(f"{directory} holds no index.html; build the page first (npm run build in frontend/)")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await super().__call__(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        parts = PurePosixPath(path).parts
        if parts and parts[0] in _NOT_THE_PAGE:
            raise HTTPException(404)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or (parts and parts[0] == _HASHED):
                raise
            response = FileResponse(self._index)
        hashed = bool(parts) and parts[0] == _HASHED
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response
