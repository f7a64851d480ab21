"""The API's description as the tests use it: its operations, and validators for what is sent and answered."""

from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from reporting.api.description import operations
from reporting.cli.spec import description
from reporting.config import Settings

Json = dict[str, Any]


@cache
def document() -> Json:
    """The document as it is made from the code."""
    return description(Settings())


@cache
def strict() -> Json:
    """The document with closed answers: a field that is not described is then an error. Outside readers must not be so strict."""
    closed = deepcopy(document())
    for schema in closed["components"]["schemas"].values():
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return closed


def by_id() -> dict[str, tuple[str, str, Json]]:
    """operationId -> path, method, operation."""
    return {operation["operationId"]: (path, method, operation) for path, method, operation in operations(strict())}


def resolved(part: Json) -> Json:
    """What a reference leads to."""
    while "$ref" in part:
        *_, kind, name = part["$ref"].split("/")
        part = strict()["components"][kind][name]
    return part


def wrong(schema: Json, value: Any) -> list[str]:
    """What is wrong with a value by a schema of the document, in words; formats count."""
    whole = {**schema, "components": strict()["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(value)]


def response_of(operation: Json, status: int) -> Json:
    """The described response; KeyError when this status is not described."""
    return resolved(operation["responses"][str(status)])
