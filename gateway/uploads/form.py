"""What an upload may be: in numbers, in words, and in the API's description."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class UploadForm:
    """One kind of upload: parts named ``file`` of a multipart/form-data message.

    ``content`` says what to send, ``advice`` what to send instead of more than the limits.
    """

    max_bytes: int
    max_files: int
    content: str
    advice: str


def described_form(file: dict[str, Any]) -> dict[str, Any]:
    """The request body in OpenAPI's words, where ``file`` is the schema of its one field."""
    form = {"type": "object", "required": ["file"], "properties": {"file": file}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}
