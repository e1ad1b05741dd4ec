"""The OpenAPI document that clients are generated from."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.problems import Problem
from gateway.vitals.forms import DESCRIBED

_DESCRIPTION = "Haemorrhagic-stroke care: head CTs in, findings and alerts out. Research use; not a medical device."


def describe(app: FastAPI) -> None:
    """Have the application describe itself, the shape of its errors included."""

    @cache
    def document() -> dict[str, Any]:
        written = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
        for model in (Problem, *DESCRIBED):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            written["components"]["schemas"] |= {**schema.pop("$defs"), model.__name__: schema}
        return written

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
