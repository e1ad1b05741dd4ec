"""Kinds of text and address that requests are made of."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import StringConstraints

# Printable, trimmed, not empty: control characters in a name break lists, logs and exports.
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128, pattern=_PRINTABLE)]
Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=_PRINTABLE)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
PathId = Annotated[UUID, Path(alias="id")]
