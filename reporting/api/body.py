"""Reading a JSON body: its type, its size, its depth and its words, before any schema looks at it."""

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from flask import Request
from flask_smorest import Blueprint
from flask_smorest.arguments import ArgumentsMixin
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from reporting.domain.errors import BadRequest, Problem, Refused

LIMIT_BYTES: Final = 64 * 1024
DEEPEST: Final = 32


def read_json(request: Request) -> Any:
    """The parsed body. Raises 415 for another type, 413 over 64 kB, BadRequest for what is not JSON."""
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    if (request.content_length or 0) > LIMIT_BYTES:
        raise RequestEntityTooLarge(f"A request may have at most {LIMIT_BYTES} bytes.")
    raw = request.stream.read(LIMIT_BYTES + 1)
    if len(raw) > LIMIT_BYTES:
        raise RequestEntityTooLarge(f"A request may have at most {LIMIT_BYTES} bytes.")
    try:
        return json.loads(raw.decode("utf-8"))
    except RecursionError:
        raise BadRequest("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise BadRequest(f"The body is not valid JSON: {_said(error)}.") from None


def _said(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "a number is too long"


def problems_of(messages: Mapping[str, Any] | list, prefix: str = "") -> tuple[Problem, ...]:
    """marshmallow's nested messages as a flat list with dotted field names."""
    if isinstance(messages, list):
        return tuple(Problem(prefix or "body", _code(str(message)), str(message)) for message in messages)
    found: list[Problem] = []
    for name, inner in messages.items():
        dotted = prefix if name == "_schema" else f"{prefix}.{name}" if prefix else str(name)
        found.extend(problems_of(inner, dotted))
    return tuple(found)


def _code(message: str) -> str:
    known = {"Missing data": "required", "Unknown field": "unknown", "Must be one of": "choice", "Must be at most": "too_long"}
    return next((code for start, code in known.items() if message.startswith(start)), "invalid")


def loaded(schema: Schema, data: Any) -> Any:
    """What the schema makes of the data; raises Refused with every wrong field at once."""
    try:
        return schema.load(data)
    except ValidationError as error:
        raise Refused("Some fields are not right.", problems_of(error.messages)) from None


class StrictParser(FlaskParser):
    """flask-smorest's parser with our reading of bodies and our words for what is wrong."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        req.environ["reporting.sent"] = sent = read_json(req)
        return sent

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_more: Any) -> NoReturn:
        messages = error.messages if isinstance(error.messages, dict) else {"body": error.messages}
        inner = {name: value for part in messages.values() if isinstance(part, dict) for name, value in part.items()}
        raise Refused("Some fields are not right.", problems_of(inner or messages))


class Resource(Blueprint, ArgumentsMixin):
    """A flask-smorest blueprint that reads arguments with StrictParser."""

    ARGUMENTS_PARSER = StrictParser()
