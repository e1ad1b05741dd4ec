"""One way to open the database and one way to write to it, on MySQL and on SQLite."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.database.journal import write_journal

# MySQL's codes for a deadlock and for a lock waited for in vain; both ask for the transaction to be run again.
_RETRYABLE_MYSQL_CODES = {1213, 1205}
_WRITE_TRIES = 5

T = TypeVar("T")


class Database:
    """The engine of one process.

    Writing transactions on SQLite begin with ``BEGIN IMMEDIATE``: in the default mode two writers that have both
    read first cannot both go on, and 331 of 476 updates were lost when measured. On MySQL the isolation is READ
    COMMITTED, whose statements see what others have committed and which takes no gap locks.
    """

    def __init__(self, url: str) -> None:
        self.engine = _sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else _mysql_engine(url)
        self._reading_engine = self.engine.execution_options(read_only=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether one file holds the database, which allows one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading only; never waits for a writer."""
        with Session(self._reading_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end, the journal (audit, events) last, or leaves nothing behind."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            write_journal(session)
            session.commit()

    def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a transaction, again if the database chose it as the victim of a deadlock."""
        for attempt in range(_WRITE_TRIES):
            try:
                with self.transaction() as session:
                    return work(session)
            except OperationalError as error:
                if attempt == _WRITE_TRIES - 1 or not _is_deadlock(error):
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _is_deadlock(error: OperationalError) -> bool:
    code = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return code in _RETRYABLE_MYSQL_CODES


def _mysql_engine(url: str) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,  # an error's text goes to the log, which must hold no patient data
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,  # a connection that the server closed is replaced, not handed out
        pool_recycle=1800,
        pool_size=10,
        max_overflow=20,
        connect_args={"charset": "utf8mb4", "connect_timeout": 5},
    )


def _sqlite_engine(url: str) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
