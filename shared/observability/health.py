"""The small server of a worker: /metrics, /health/live, /health/ready."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

# A check returns None when all is well, else one sentence on what is wrong.
Check = Callable[[], str | None]


def serve_health(host: str, port: int, live: Check, ready: Check) -> ThreadingHTTPServer:
    """Answer health checks and scrapes on ``host:port`` (port 0: any free one) from a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
            elif self.path == "/health/live":
                self._answer_check(live)
            elif self.path == "/health/ready":
                self._answer_check(ready)
            else:
                self._answer(404, "text/plain", b"not found\n")

        def _answer_check(self, check: Check) -> None:
            problem = check()
            body = json.dumps({"status": "ok" if problem is None else "failing", "problem": problem})
            self._answer(200 if problem is None else 503, "application/json", body.encode())

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: a line per scrape would drown the log."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
