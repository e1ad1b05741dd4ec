"""A browser that listens for alerts, reduced to when it heard of which study."""

import json
import threading
import time
from types import TracebackType
from typing import Self

import httpx

from shared.contracts.states import EventType
from shared.errors import PlatformError
from tests.fixtures.platform import PlatformClient

BLEED = "haemorrhage_suspected"


class WrongAlertError(PlatformError):
    """A study raised another alert than that of its bleed: its job failed, or the bleed was not seen."""

    code = "wrong_alert"


class AlertListener:
    """Listens on /events in a thread of its own while the ``with`` block runs."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self._heard: dict[str, tuple[float, str]] = {}
        self._news = threading.Condition()
        self._connected = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen; returns when the stream is open."""
        self._thread.start()
        if not self._connected.wait(30):
            raise TimeoutError("The event stream did not open within 30 s; see the gateway's log.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hear no more; the thread ends with its stream."""
        self._ending = True

    def wait_for(self, study_id: str, patience_s: float) -> float:
        """When the first alert of the study was read from the stream (monotonic clock).

        Raises TimeoutError after ``patience_s``, and WrongAlertError where the alert is not that of a bleed.
        """
        with self._news:
            if not self._news.wait_for(lambda: study_id in self._heard, patience_s):
                raise TimeoutError(f"No alert of study {study_id} within {patience_s:.0f} s; see the worker's log.")
            heard_at, code = self._heard[study_id]
        if code != BLEED:
            raise WrongAlertError(f"Study {study_id} raised {code} instead of {BLEED}; see the worker's log.")
        return heard_at

    def _listen(self) -> None:
        last_id: dict[str, str] = {}
        while not self._ending:  # a stream lives ten minutes; a browser opens the next
            try:
                with self._client.http.stream(
                    "GET", "/events", params={"types": EventType.ALERT_OPENED}, headers=last_id, timeout=60
                ) as stream:
                    self._connected.set()
                    for line in stream.iter_lines():
                        if line.startswith("data:"):
                            event = json.loads(line.removeprefix("data:"))
                            last_id = {"Last-Event-ID": str(event["id"])}
                            self._hear(event["study_id"], event["payload"]["code"])
            except httpx.TransportError:
                if not self._ending:
                    time.sleep(0.1)

    def _hear(self, study_id: str, code: str) -> None:
        with self._news:
            self._heard.setdefault(study_id, (time.monotonic(), code))
            self._news.notify_all()
