"""An upload that knows when its last byte left."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.fixtures.platform import PlatformClient

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Uploaded:
    """``last_byte_at`` on the monotonic clock, when the system had taken the last byte to send."""

    study_id: str
    job_id: str
    last_byte_at: float
    megabytes: float


def upload(client: PlatformClient, study: bytes) -> Uploaded:
    """Send ``study`` to a new patient as the page does, in a multipart form, piece by piece."""
    path = f"/patients/{client.add_patient()['id']}/studies"
    form = client.http.build_request("POST", path, files=[("file", ("study.zip", study))])
    body = form.read()
    left: list[float] = []

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), _CHUNK):
            yield body[start : start + _CHUNK]
        left.append(time.monotonic())  # asked for more: everything so far was taken

    headers = {name: form.headers[name] for name in ("Content-Type", "Content-Length")}
    answer = client.http.post(path, content=pieces(), headers=headers)
    answer.raise_for_status()
    taken = answer.json()
    return Uploaded(taken["study"]["id"], taken["job"]["id"], left[0], len(body) / 1e6)
