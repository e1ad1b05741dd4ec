import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import pytest

from benchmarks.study_to_alert.listening import AlertListener, WrongAlertError


class Stream:
    """A client whose event stream says what a test tells it to, and breaks once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.told = threading.Semaphore(0)
        self.http = SimpleNamespace(stream=self.stream)

    def tell(self, line: str) -> None:
        self.lines.append(line)
        self.told.release()

    def alert(self, event_id: int, study: str, code: str) -> None:
        self.tell(f"data: {json.dumps({'id': event_id, 'study_id': study, 'payload': {'code': code}})}")

    @contextmanager
    def stream(self, *_: object, headers: dict[str, str], **__: object) -> Iterator[SimpleNamespace]:
        self.asked.append(headers)
        yield SimpleNamespace(iter_lines=self.read)

    def read(self) -> Iterator[str]:
        while True:
            self.told.acquire()
            line = self.lines.pop(0)
            if line == "break":
                raise httpx.ReadError("the connection broke")
            yield line


def test_the_first_alert_of_each_study_is_timed_across_a_broken_stream() -> None:
    stream = Stream()
    with AlertListener(stream) as listener:
        before = time.monotonic()
        stream.alert(7, "one", "haemorrhage_suspected")
        first = listener.wait_for("one", 10)
        assert before <= first <= time.monotonic()
        stream.tell("break")
        stream.alert(8, "one", "haemorrhage_suspected")
        stream.alert(9, "two", "haemorrhage_suspected")
        assert listener.wait_for("two", 10) >= first
        assert listener.wait_for("one", 10) == first
        assert stream.asked == [{}, {"Last-Event-ID": "7"}]


def test_another_alert_than_that_of_the_bleed_is_no_success() -> None:
    stream = Stream()
    with AlertListener(stream) as listener:
        stream.alert(1, "one", "job_failed")
        with pytest.raises(WrongAlertError, match="job_failed"):
            listener.wait_for("one", 10)


def test_silence_ends_with_a_word_on_where_to_look() -> None:
    with AlertListener(Stream()) as listener, pytest.raises(TimeoutError, match="worker's log"):
        listener.wait_for("one", 0.01)
