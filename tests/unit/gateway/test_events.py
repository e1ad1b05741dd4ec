import asyncio
import json
import random
import threading
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import delete, update

from gateway.auth import access
from gateway.events import stream
from shared.contracts.states import EventType, Role
from shared.database.columns import now
from shared.database.journal import note_event
from shared.database.tables import Event, SignIn
from tests.fixtures.gateway import Gateway

ADDRESS = "/api/v1/events"


@pytest.fixture
def address(gateway: Gateway) -> Iterator[str]:
    with gateway.served() as address:
        yield f"{address}{ADDRESS}"


@pytest.fixture
def bearer(gateway: Gateway) -> dict[str, str]:
    return {"Authorization": f"Bearer {gateway.token_of(Role.VIEWER)}"}


def happen(gateway: Gateway, *types: EventType, **of: object) -> None:
    for event_type in types:
        gateway.database.write(lambda session, kind=event_type: note_event(session, kind, **of))


def blocks_of(answer: httpx.Response) -> Iterator[dict[str, str]]:
    """The stream block by block, as field → value; a comment has the field ''."""
    block: dict[str, str] = {}
    for line in answer.iter_lines():
        if not line:
            yield block
            block = {}
        else:
            field, _, value = line.partition(":")
            block[field] = value.strip()


def events_in(blocks: Iterator[dict[str, str]]) -> Iterator[tuple[int, str]]:
    """Ids and types of the events among the blocks of a stream."""
    return ((int(block["id"]), block["event"]) for block in blocks if "data" in block)


def listen(address: str, headers: dict[str, str], count: int, **params: object) -> list[tuple[int, str]]:
    with httpx.stream("GET", address, headers=headers, params=params, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = events_in(blocks_of(answer))
        return [next(events) for _ in range(count)]


def test_an_event_arrives_live_with_everything_that_is_known_of_it(gateway, address, bearer):
    patient = uuid4()
    with httpx.stream("GET", address, headers=bearer, timeout=20) as answer:
        blocks = blocks_of(answer)
        assert next(blocks) == {"retry": "2000", "id": "0"}
        happen(gateway, EventType.JOB_PROGRESS, patient_id=patient, payload={"progress": 0.5})
        block = next(blocks)
    data = json.loads(block["data"])
    assert (block["id"], block["event"]) == ("1", "job.progress")
    assert data == {
        "id": 1,
        "type": "job.progress",
        "patient_id": str(patient),
        "study_id": None,
        "job_id": None,
        "payload": {"progress": 0.5},
        "created_at": data["created_at"],
    }


def test_what_happens_before_the_watch_begins_reaches_those_who_listen_already(gateway):
    """The watch may take its first look later than a browser: what lies between must not wait for a heartbeat."""

    async def first_message() -> str:
        broadcaster = gateway.app.state.platform.broadcaster
        user = find_session(gateway)
        events = stream.tell(broadcaster, user, stream.Wanted(frozenset(), None, None), None, 60, 60)
        assert [await anext(events), await anext(events)] == ["retry: 2000\nid: 0\n", "\n"]
        waiting = asyncio.create_task(anext(events))
        await asyncio.sleep(0.05)
        happen(gateway, EventType.JOB_QUEUED)
        broadcaster.start()
        try:
            return await asyncio.wait_for(waiting, 20)
        finally:
            await events.aclose()
            broadcaster.close()
            broadcaster.join()

    assert asyncio.run(first_message()).startswith("id: 1\nevent: job.queued\n")


def find_session(gateway: Gateway) -> access.SignedIn:
    digest = access.digest_of(gateway.token_of(Role.VIEWER))
    with gateway.database.reading() as session:
        found = access.find_session(session, SignIn.token_digest == digest)
    assert found is not None
    return found


def test_without_an_id_a_stream_begins_now_and_with_one_after_it(gateway, address, bearer):
    happen(gateway, EventType.JOB_QUEUED, EventType.JOB_RUNNING, EventType.JOB_SUCCEEDED)
    assert listen(address, bearer, 2, last_event_id=1) == [(2, "job.running"), (3, "job.succeeded")]
    assert listen(address, {**bearer, "Last-Event-ID": "2"}, 1, last_event_id=0) == [(3, "job.succeeded")]
    with httpx.stream("GET", address, headers=bearer, timeout=20) as answer:
        blocks = blocks_of(answer)
        assert next(blocks)["id"] == "3"
        happen(gateway, EventType.JOB_FAILED)
        assert next(blocks)["event"] == "job.failed"


def test_a_listener_hears_only_what_it_asked_for(gateway, address, bearer):
    mine, other = uuid4(), uuid4()
    happen(gateway, EventType.JOB_QUEUED, EventType.ALERT_OPENED, patient_id=other)
    happen(gateway, EventType.JOB_QUEUED, EventType.ALERT_OPENED, patient_id=mine, study_id=mine)
    assert listen(address, bearer, 1, last_event_id=0, patient_id=str(mine), types="alert.opened") == [
        (4, "alert.opened")
    ]
    assert listen(address, bearer, 2, last_event_id=0, types=["alert.opened"])[0] == (2, "alert.opened")
    assert listen(address, bearer, 1, last_event_id=0, study_id=str(mine)) == [(3, "job.queued")]


def test_reconnects_at_any_point_neither_lose_nor_repeat_while_others_write(gateway, address, bearer):
    total, writers = 120, 4

    def write(number: int) -> None:
        pause = random.Random(number)
        for _ in range(total // writers):
            happen(gateway, EventType.JOB_PROGRESS, payload={"writer": number})
            threading.Event().wait(pause.uniform(0, 0.01))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    chance = random.Random(7)
    while len(seen) < total:
        wanted = min(chance.randint(1, 30), total - len(seen))
        headers = {**bearer, "Last-Event-ID": str(seen[-1] if seen else 0)}
        seen += [event_id for event_id, _ in listen(address, headers, wanted)]
    for thread in threads:
        thread.join()
    assert seen == list(range(1, total + 1))


def test_a_listener_far_behind_gets_everything_from_the_database(gateway, address, bearer):
    def many(session) -> None:
        for _ in range(1300):
            note_event(session, EventType.JOB_PROGRESS)

    gateway.database.write(many)
    assert [event_id for event_id, _ in listen(address, bearer, 1300, last_event_id=0)] == list(range(1, 1301))


@pytest.mark.parametrize(("last_id", "kept_from"), [(1, 4), (1, None), (99, 1)])
def test_a_listener_whose_events_are_gone_is_told_to_load_afresh(gateway, address, bearer, last_id, kept_from):
    happen(gateway, *[EventType.JOB_QUEUED] * 5)
    gone = delete(Event) if kept_from is None else delete(Event).where(Event.id < kept_from)
    gateway.database.write(lambda session: session.execute(gone))
    with httpx.stream("GET", address, headers=bearer, params={"last_event_id": last_id}, timeout=20) as answer:
        blocks = blocks_of(answer)
        block = next(blocks)
        assert (block["event"], block["id"], json.loads(block["data"])) == ("reset", "5", {"id": 5})
        happen(gateway, EventType.JOB_FAILED)
        assert next(events_in(blocks)) == (6, "job.failed")


def test_a_listener_up_to_date_needs_no_reset_though_all_events_are_gone(gateway, address, bearer):
    happen(gateway, EventType.JOB_QUEUED)
    gateway.database.write(lambda session: session.execute(delete(Event)))
    with httpx.stream("GET", address, headers=bearer, params={"last_event_id": 1}, timeout=20) as answer:
        assert "event" not in next(blocks_of(answer))


def test_a_quiet_stream_shows_that_it_lives_and_ends_with_the_session(gateway, bearer, monkeypatch):
    monkeypatch.setattr("gateway.events.routes.HEARTBEAT_S", 0.05)
    with gateway.served() as address:
        with httpx.stream("GET", f"{address}{ADDRESS}", headers=bearer, timeout=20) as answer:
            blocks = blocks_of(answer)
            next(blocks)
            assert [next(blocks) for _ in range(2)] == [{"": "heartbeat"}] * 2
            gateway.database.write(lambda session: session.execute(update(SignIn).values(revoked_at=now())))
            assert all(block == {"": "heartbeat"} for block in blocks)  # and ends
        assert httpx.get(f"{address}{ADDRESS}", headers=bearer).status_code == 401


def test_a_stream_lasts_no_longer_than_its_life(gateway, bearer, monkeypatch):
    monkeypatch.setattr("gateway.events.routes.LIFE_S", 0.2)
    monkeypatch.setattr("gateway.events.routes.HEARTBEAT_S", 0.05)
    with gateway.served() as address, httpx.stream("GET", f"{address}{ADDRESS}", headers=bearer, timeout=20) as answer:
        assert "".join(answer.iter_text()).startswith("retry: 2000\nid: 0\n\n")


def test_streams_are_counted_limited_and_do_not_hold_up_a_stop(gateway, bearer):
    broadcaster = gateway.app.state.platform.broadcaster
    broadcaster._max_listeners = 1
    with gateway.served() as address:
        url = f"{address}{ADDRESS}"
        with httpx.stream("GET", url, headers=bearer, timeout=20) as answer:
            blocks = blocks_of(answer)
            next(blocks)
            full = httpx.get(url, headers=bearer)
            assert (full.status_code, full.json()["code"]) == (503, "too_many_streams")
            assert "dhn_event_streams 1.0" in httpx.get(f"{address}/metrics").text
        for _ in range(200):
            if "dhn_event_streams 0.0" in httpx.get(f"{address}/metrics").text:
                break
        assert listen_once(url, bearer) == 200
        held = httpx.Client(timeout=20)
        stream_held = held.send(held.build_request("GET", url, headers=bearer), stream=True)
    # The server has stopped although the stream was open; the stream came to its regular end.
    assert stream_held.read().startswith(b"retry: 2000")
    held.close()


def listen_once(url: str, headers: dict[str, str]) -> int:
    with httpx.stream("GET", url, headers=headers, timeout=20) as answer:
        return answer.status_code


def test_a_browser_that_takes_nothing_is_dropped(gateway, bearer, monkeypatch):
    monkeypatch.setattr(stream, "_SEND_TIMEOUT_S", 0.3)

    def flood(session) -> None:
        for _ in range(400):
            note_event(session, EventType.JOB_PROGRESS, payload={"text": "x" * 50_000})

    gateway.database.write(flood)
    listening = {"headers": bearer, "params": {"last_event_id": 0}}
    with gateway.served() as address, httpx.stream("GET", f"{address}{ADDRESS}", **listening):
        for _ in range(400):
            if "dhn_event_streams 0.0" in httpx.get(f"{address}/metrics").text:
                break
            threading.Event().wait(0.02)
        assert "dhn_event_streams 0.0" in httpx.get(f"{address}/metrics").text


def test_listening_needs_a_session_and_good_parameters(gateway):
    assert gateway.client(None).get(ADDRESS).status_code == 401
    client = gateway.client(Role.VIEWER)
    assert client.get(ADDRESS, params={"types": "no.such"}).status_code == 422
    assert client.get(ADDRESS, headers={"Last-Event-ID": "abc"}).status_code == 422
