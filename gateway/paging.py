"""Keyset paging: a page begins after the last row of the one before, however many rows came or went in between."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.errors import InputRefusedError

Item = TypeVar("Item")
Row = TypeVar("Row")
Key = InstrumentedAttribute[Any]


class CursorInvalidError(InputRefusedError):
    """The cursor was not made by this list."""

    code = "cursor_invalid"

    def __init__(self) -> None:
        super().__init__("The cursor does not belong to this list; begin again without one.")


class Page(BaseModel, Generic[Item]):
    """Some of a list, and where to go on (null: this was the end)."""

    items: list[Item]
    next_cursor: str | None


class Paging:
    """Where a page begins and how long it may be."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="Longest page to answer with")] = 50,
        cursor: Annotated[str | None, Query(max_length=4096, description="`next_cursor` of the page before")] = None,
    ) -> None:
        self.limit = limit
        self.cursor = cursor


ThePaging = Annotated[Paging, Depends()]


def fetch(
    session: Session, query: Select[Row], keys: Sequence[Key], paging: Paging, *, descending: bool = False
) -> tuple[list[Row], str | None]:
    """One page of ``query`` in the order of ``keys``, the last of which is unique; and the next cursor.

    Raises CursorInvalidError.
    """
    if paging.cursor is not None:
        query = query.where(_after(keys, _decode(paging.cursor, keys), descending))
    ordered = query.order_by(*(key.desc() if descending else key.asc() for key in keys))
    rows = list(session.scalars(ordered.limit(paging.limit + 1)))
    if len(rows) <= paging.limit:
        return rows, None
    rows.pop()
    return rows, _encode([getattr(rows[-1], key.key) for key in keys])


def _after(keys: Sequence[Key], values: Sequence[Any], descending: bool) -> ColumnElement[bool]:
    """(a, b) > (x, y) as a > x or (a = x and b > y), which both databases answer from an index."""
    branches = []
    for place, (key, value) in enumerate(zip(keys, values, strict=True)):
        same = [before == given for before, given in zip(keys[:place], values[:place], strict=True)]
        branches.append(and_(*same, key < value if descending else key > value))
    return or_(*branches)


def _encode(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps(plain, default=str, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, keys: Sequence[Key]) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(plain, list) or len(plain) != len(keys):
            raise CursorInvalidError
        return [_parse(value, key.type.python_type) for value, key in zip(plain, keys, strict=True)]
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise CursorInvalidError from error


def _parse(value: Any, kind: type[Any]) -> Any:
    """A key's value from its JSON form. Raises ValueError and TypeError for what this module never wrote."""
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise CursorInvalidError
        return instant
    if kind is UUID:
        return UUID(value)
    if type(value) is not kind or (kind is int and abs(value) >= 1 << 63):
        raise CursorInvalidError
    if kind is str:
        value.encode()  # a lone surrogate is a ValueError here rather than in the database driver
    return value
