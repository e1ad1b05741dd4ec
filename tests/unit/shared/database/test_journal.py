from concurrent.futures import ThreadPoolExecutor
from threading import Event as ThreadEvent
from threading import Thread

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared.contracts.states import EventType
from shared.database.engine import Database
from shared.database.journal import first_broken_audit_entry, note_audit, note_event
from shared.database.tables import AuditEntry, Event


def _note(database: Database, number: int) -> None:
    def work(session: Session) -> None:
        note_event(session, EventType.JOB_PROGRESS, payload={"number": number})
        note_audit(session, actor="tester", action="count", resource=f"number/{number}")

    database.write(work)


def _note_and_break(session: Session) -> None:
    note_event(session, EventType.JOB_PROGRESS)
    raise RuntimeError("rolled back")


def _seen_after(database: Database, last: int) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Event.id).where(Event.id > last).order_by(Event.id)))


def test_a_reader_that_asks_for_all_after_n_misses_nothing_while_many_write(database: Database) -> None:
    seen: list[int] = []
    done = ThreadEvent()

    def tail() -> None:
        while not done.is_set():
            seen.extend(_seen_after(database, seen[-1] if seen else 0))
        seen.extend(_seen_after(database, seen[-1] if seen else 0))

    reader = Thread(target=tail)
    reader.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _note(database, number), range(80)))
    done.set()
    reader.join()
    assert seen == list(range(1, 81))


def test_the_audit_chain_holds_under_concurrent_writers(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _note(database, number), range(40)))
    with database.reading() as session:
        assert first_broken_audit_entry(session) == (40, None)


@pytest.mark.parametrize("field", ["actor", "action", "resource", "detail", "at"])
def test_a_changed_audit_entry_is_found(database: Database, field: str) -> None:
    for number in range(5):
        _note(database, number)
    with database.transaction() as session:
        entry = session.get_one(AuditEntry, 3)
        value = {"other": 1} if field == "detail" else entry.at.replace(year=2001) if field == "at" else "other"
        session.execute(update(AuditEntry).where(AuditEntry.id == 3).values({field: value}))
    with database.reading() as session:
        assert first_broken_audit_entry(session)[1] == 3


@pytest.mark.parametrize("removed", [2, 5])
def test_a_removed_audit_entry_is_found_even_at_the_end(database: Database, removed: int) -> None:
    for number in range(5):
        _note(database, number)
    with database.transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.id == removed))
    with database.reading() as session:
        assert first_broken_audit_entry(session)[1] == removed


def test_a_transaction_that_fails_leaves_no_event_and_no_hole(database: Database) -> None:
    _note(database, 1)
    with pytest.raises(RuntimeError, match="rolled back"):
        database.write(_note_and_break)
    _note(database, 2)
    assert _seen_after(database, 0) == [1, 2]
