"""Reading a request: its JSON body by type, size, depth and words, and its query, before any schema looks at them."""

import json
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import Any, Final, NoReturn, TypeVar

from flask import Request, current_app, request
from flask_smorest import Blueprint
from flask_smorest.arguments import ArgumentsMixin
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from reporting.domain.errors import BadRequest, Problem, Refused

View = TypeVar("View", bound=Callable[..., Any])

LIMIT_BYTES: Final = 64 * 1024
DEEPEST: Final = 32
"""Lists and objects in each other; ours need four."""
MOST_PROBLEMS: Final = 100
"""More of them help nobody: whoever sends thousands of wrong fields should not get thousands of sentences."""
TOO_DEEP: Final = "The JSON is nested too deeply."


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
        found = json.loads(raw.decode("utf-8"))
    except RecursionError:
        raise BadRequest(TOO_DEEP) from None
    except ValueError as error:
        raise BadRequest(f"The body is not valid JSON: {_said(error)}.") from None
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and _deeper(found, DEEPEST):
        raise BadRequest(TOO_DEEP)
    return found


def _deeper(found: Any, levels: int) -> bool:
    """Whether lists and objects stand in each other more than so many levels deep."""
    if not isinstance(found, (dict, list)):
        return False
    return levels == 0 or any(_deeper(each, levels - 1) for each in (found.values() if isinstance(found, dict) else found))


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

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Only what the schema knows, and each of it once: two values of one name would leave one of them unread."""
        known = {field.data_key or name for name, field in schema.fields.items()}
        _refuse_query(req, known)
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_more: Any) -> NoReturn:
        messages = error.messages if isinstance(error.messages, dict) else {"body": error.messages}
        inner = {name: value for part in messages.values() if isinstance(part, dict) for name, value in part.items()}
        raise Refused("Some fields are not right.", problems_of(inner or messages)[:MOST_PROBLEMS])


def _refuse_query(asked: Request, known: Collection[str]) -> None:
    problems = [Problem(name, "unknown", "Unknown parameter.") for name in asked.args if name not in known]
    problems += [Problem(name, "repeated", "Send it once.") for name in known if len(asked.args.getlist(name)) > 1]
    if problems:
        raise Refused("Some parameters are not right.", problems=tuple(problems[:MOST_PROBLEMS]))


def _refuse_any_query() -> None:
    """For a route that asks for nothing in its query: a parameter would be a mistake that nobody notices."""
    view = current_app.view_functions[request.endpoint or ""]
    described = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ())
    if all(each["in"] != "query" for each in described):
        _refuse_query(request, ())


class Resource(Blueprint, ArgumentsMixin):
    """A flask-smorest blueprint that reads arguments with StrictParser and refuses a query nobody asked for."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.before_request(_refuse_any_query)

    def arguments(self, schema: Schema | type[Schema], **options: Any) -> Any:
        """As flask-smorest's, with one instance of the schema for all requests: making one costs more than reading with it."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)

    def refuses(self, *statuses: int) -> Callable[[View], View]:
        """Describes refusals that do not follow from the route itself; their words stand in one table."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, response=HTTPStatus(status).name)(view)
            return view

        return decorate
