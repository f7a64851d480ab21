"""The description of the API (OpenAPI 3.1): what routes, guards and schemas say, completed and with examples.

What follows from a route is not written by hand: a body can be broken, too large or of another type; a guard can turn
somebody away; what is named in the address can be absent. Needs no database.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final

from flask import Flask
from marshmallow import Schema

from reporting.api.description_fields import words_of
from reporting.api.description_texts import ABOUT, GUARDED, HEADERS, PATH_WORDS, REFUSALS, SECURITY, TAGS, Refusal
from reporting.api.errors import PROBLEM_TYPE
from reporting.auth.guards import access_of
from reporting.config import Settings
from reporting.extensions import api
from reporting.schemas.live import EVENTS

METHODS: Final = ("get", "put", "post", "delete", "patch")
FIRST_KEYS: Final[tuple[str, ...]] = (
    "operationId",
    "summary",
    "description",
    "tags",
    "security",
    "parameters",
    "requestBody",
    "responses",
)
SCHEMAS: Final = "#/components/schemas/"

Json = dict[str, Any]
Examples = Mapping[str, Json]
"""operationId -> `parameters` {name: value}, `requests` {name: {summary, value}}, `responses` {status: {name: {...}}}.
`problems` holds the examples that every operation shares, by status."""


def describe(app: Flask, examples: Examples) -> Json:
    """The whole document, the same for the same code, in the order of the routes. Raises KeyError for what lacks words."""
    settings: Settings = app.extensions["reporting"].settings
    plain = deepcopy(api.spec.to_dict())
    events = {name: _event(name) for name in EVENTS}
    refusals = {refusal.name: _refusal(status, refusal, examples) for status, refusal in REFUSALS.items()}
    paths = {path: dict(_path(app, path, item, examples, events)) for path, item in plain["paths"].items()}
    schemas = deepcopy(api.spec.to_dict())["components"]["schemas"]
    return {
        "openapi": plain["openapi"],
        "info": {**plain["info"], "description": ABOUT, "license": _licence(), "contact": _contact(settings)},
        "servers": [{"url": "/", "description": "The installation you talk to."}],
        "tags": [{"name": tag["name"], "description": TAGS[tag["name"]]} for tag in plain["tags"]],
        "paths": paths,
        "components": {
            "securitySchemes": SECURITY,
            "headers": HEADERS,
            "responses": refusals,
            "schemas": _all_with_words(schemas, paths),
        },
    }


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every (path, method in lower case, operation) of a document."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def _licence() -> Json:
    return {"name": "Apache-2.0", "identifier": "Apache-2.0"}


def _contact(settings: Settings) -> Json:
    """Whoever runs this installation, as the settings name them."""
    reached = settings.security_contact
    kind = "email" if "@" in reached else "url"
    return {"name": settings.deployer_name, **({kind: reached} if reached else {})}


def _path(app: Flask, path: str, item: Json, examples: Examples, events: Json) -> Iterator[tuple[str, Json]]:
    shared = item.get("parameters", [])
    for method, operation in item.items():
        if method not in METHODS:
            continue
        endpoint = _endpoint(app, path, method)
        own = examples.get(operation["operationId"], {})
        operation["description"] = cleandoc(app.view_functions[endpoint].__doc__ or "")
        operation["parameters"] = [_parameter(each, own) for each in (*shared, *operation.get("parameters", ()))]
        access = access_of(app, endpoint)
        if access is not None and access.action is not None:
            operation["security"] = GUARDED
        operation["responses"] = _responses(operation, path)
        if operation["operationId"] == "live":
            operation["x-event-types"] = events
        _put_examples(operation, own)
        yield method, _in_order(operation)


def _endpoint(app: Flask, path: str, method: str) -> str:
    for rule in app.url_map.iter_rules():
        if api.flask_plugin.flaskpath2openapi(rule.rule) == path and method.upper() in (rule.methods or ()):
            return str(rule.endpoint)
    raise KeyError(f"{method} {path} is no route")


def _parameter(parameter: Json, own: Json) -> Json:
    """A parameter without what only makes sense inside a body (null, empty defaults), with its words and its example."""
    schema = {key: value for key, value in parameter["schema"].items() if key != "example"}
    if isinstance(schema.get("type"), list):
        schema["type"] = next(name for name in schema["type"] if name != "null")
    if schema.get("default", "kept") in (None, ""):
        del schema["default"]
    words = parameter.get("description") or PATH_WORDS[parameter["name"]]
    found = {**parameter, "description": words, "schema": schema, "required": bool(parameter.get("required"))}
    example = own.get("parameters", {}).get(parameter["name"], parameter["schema"].get("example"))
    return {**found, "example": example} if example is not None else found


def _responses(operation: Json, path: str) -> Json:
    """What the route says, and every refusal that follows from what it takes."""
    found = {status: response for status, response in operation["responses"].items() if status != "default"}
    for status in _refused_with(operation, path):
        found[str(status)] = _merged(found.get(str(status), {}), REFUSALS[status])
    return dict(sorted(found.items()))


def _refused_with(operation: Json, path: str) -> set[int]:
    statuses = {422, 503} | {int(status) for status in operation["responses"] if status in map(str, REFUSALS)}
    if "requestBody" in operation:
        statuses |= {400, 413, 415}
    if {} not in operation.get("security", [{}]):
        statuses |= {401, 403}
    if "{" in path:
        statuses.add(404)
    return statuses


def _merged(said: Json, refusal: Refusal) -> Json:
    """The shared refusal, or where a route answers with a shape of its own as well, both."""
    if "content" not in said:
        return {"$ref": f"#/components/responses/{refusal.name}"}
    return {**said, "headers": _headers(refusal), "content": {**said["content"], PROBLEM_TYPE: _problem_schema(refusal)}}


def _refusal(status: int, refusal: Refusal, examples: Examples) -> Json:
    shown = examples.get("problems", {}).get(str(status), {})
    described: Json = {"description": f"{HTTPStatus(status).phrase}. {refusal.when}"}
    if refusal.headers:
        described["headers"] = _headers(refusal)
    described["content"] = {PROBLEM_TYPE: {**_problem_schema(refusal), **({"examples": shown} if shown else {})}}
    return described


def _headers(refusal: Refusal) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in refusal.headers}


def _problem_schema(refusal: Refusal) -> Json:
    return {"schema": _reference(refusal.schema)}


def _reference(schema: type[Schema]) -> Json:
    """A reference to the schema, which is put among the components when it is named first."""
    found: Json = api.ma_plugin.converter.resolve_nested_schema(schema)
    return found


def _event(name: str) -> Json:
    meaning, shapes = EVENTS[name]
    references = [_reference(shape) for shape in shapes]
    return {"description": meaning, "data": references[0] if len(references) == 1 else {"anyOf": references}}


def _all_with_words(schemas: Json, paths: Json) -> Json:
    """Every schema that is used, with its words, and what it says beyond its fields (`described`). What is sent is closed;
    answers are open, because they may gain fields."""
    classes = {name: key[0] for key, name in api.ma_plugin.converter.refs.items()}
    sent = _reachable(schemas, [each.get("requestBody") for item in paths.values() for each in item.values()])
    used = sent | _reachable(schemas, [paths, [_problem_schema(refusal) for refusal in REFUSALS.values()]])
    return {name: _with_words(name, classes[name], schemas[name], name in sent) for name in sorted(used)}


def _with_words(name: str, schema: type[Schema], described: Json, sent: bool) -> Json:
    fields = {
        field: {**shape, "description": shape.get("description") or words_of(name, field)}
        for field, shape in described["properties"].items()
    }
    kept = {key: value for key, value in described.items() if sent or key != "additionalProperties"}
    return {"description": cleandoc(schema.__doc__ or ""), **kept, "properties": fields, **getattr(schema, "described", {})}


def _reachable(schemas: Json, start: Any) -> set[str]:
    """Names of the schemas that a part of the document leads to."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend(part.values())
            name = str(part.get("$ref", "")).removeprefix(SCHEMAS)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _put_examples(operation: Json, own: Json) -> None:
    """The examples of requests and of answers; an error's example stands under problem+json."""
    if "requests" in own:
        for content in operation["requestBody"]["content"].values():
            content["examples"] = own["requests"]
    for status, shown in own.get("responses", {}).items():
        response = operation["responses"][status]
        if "$ref" in response:
            refusal = REFUSALS[int(status)]
            operation["responses"][status] = response = _refusal(int(status), refusal, {"problems": {status: shown}})
            continue
        own_types = [kind for kind in response["content"] if kind != PROBLEM_TYPE]
        response["content"][own_types[0]]["examples"] = shown


def _in_order(operation: Json) -> Json:
    first = {key: operation[key] for key in FIRST_KEYS if key in operation}
    return {**first, **{key: value for key, value in operation.items() if key not in first}}
