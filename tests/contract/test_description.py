"""The description is the code: routes, guards, schemas and the checked-in file say the same, and nothing lacks words."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from flask import Flask
from openapi_spec_validator import validate

from reporting.api.description import operations
from reporting.api.description_fields import FIELDS
from reporting.auth.guards import access_of
from reporting.cli.spec import FOLDER, NAME, spec
from reporting.cli.yaml_text import yaml_text
from tests.contract.document import Json, document, resolved

PROGRAMS = ("/api/", "/health/", "/metrics", "/open311/")
OPERATIONS = [pytest.param(*each, id=each[2]["operationId"]) for each in operations(document())]


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Path, method and endpoint of everything that answers programs."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PROGRAMS):
            path = re.sub(r"<(?:[^<>]+:)?([^<>:]+)>", r"{\1}", rule.rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield path, method.lower(), rule.endpoint


def test_the_file_that_is_checked_in_is_the_one_the_code_makes() -> None:
    assert (FOLDER / NAME).read_text(encoding="utf-8") == yaml_text(document()), "run `reporting spec`"


def test_the_command_says_whether_the_file_is_current(tmp_path: Any) -> None:
    for path in (FOLDER / "examples").glob("*.json"):
        (tmp_path / "examples").mkdir(exist_ok=True)
        (tmp_path / "examples" / path.name).write_bytes(path.read_bytes())
    arguments = ["--folder", str(tmp_path)]
    assert CliRunner().invoke(spec, [*arguments, "--check"]).exit_code == 1
    assert CliRunner().invoke(spec, arguments).exit_code == 0
    assert CliRunner().invoke(spec, [*arguments, "--check"]).exit_code == 0


def test_it_is_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    validate(document())


def test_what_is_written_is_what_a_reader_of_yaml_gets() -> None:
    assert yaml.safe_load(yaml_text(document())) == document()


ODD = ["a\nb", "a\n", "a\n\n", "\n", " a\nb", "a\n  b\n", "\u0085", "\t", "#", "a #b", "a: b", "- a", "'", '"', "{", "[]", "é"]
LIKE_OTHERS = ["", " x", "x ", "yes", "null", "1", "1.5"]


@pytest.mark.parametrize("value", ODD + LIKE_OTHERS)
def test_every_text_survives_being_written(value: str) -> None:
    nested = {"key": value, "list": [value, [value], {"a": value, value or "k": []}], "empty": {}, "number": 1.0, "none": None}
    assert yaml.safe_load(yaml_text(nested)) == nested


def test_every_route_for_programs_is_described_and_nothing_else(web_app: Flask) -> None:
    described = {(path, method) for path, method, _operation in operations(document())}
    assert {(path, method) for path, method, _endpoint in routes(web_app)} == described


def test_the_guard_of_a_route_is_its_security(web_app: Flask) -> None:
    security = {(path, method): operation.get("security") for path, method, operation in operations(document())}
    for path, method, endpoint in routes(web_app):
        access = access_of(web_app, endpoint)
        assert access is not None
        open_to_all = not security[path, method] or {} in security[path, method]
        assert open_to_all == (access.action is None), path


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_has_its_words_and_examples(path: str, method: str, operation: Json) -> None:
    for name in ("operationId", "summary", "description", "tags"):
        assert operation[name], name
    for parameter in operation["parameters"]:
        assert parameter["description"], parameter["name"]
        needless = parameter["name"] in ("cursor", "area", "If-Match")  # only their owner can make these
        assert needless or "example" in parameter, parameter["name"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        assert is_file(content) or content["examples"]
    for status, response in operation["responses"].items():
        for kind, content in resolved(response).get("content", {}).items():
            shared = kind == "application/problem+json" and "$ref" not in response and "application/json" in response["content"]
            assert shared or is_file(content) or content["examples"], (status, kind)


def is_file(content: Json) -> bool:
    """Whether it is a picture: such a thing has no example in a text."""
    return bool(content["schema"].get("format") == "binary")


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_refusal_that_can_come_is_described(path: str, method: str, operation: Json) -> None:
    wanted = {"422", "503"}
    wanted |= {"400", "413", "415"} if "requestBody" in operation else set()
    wanted |= {"401", "403"} if operation.get("security") and {} not in operation["security"] else set()
    wanted |= {"404"} if "{" in path else set()
    assert wanted <= set(operation["responses"])
    assert "500" not in operation["responses"] and "default" not in operation["responses"]
    assert "429" not in operation["responses"] or operation["operationId"] != "fileReport", "a report never is"


def test_operation_ids_are_unique() -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(document())]
    assert len(names) == len(set(names))


def test_no_words_are_left_over() -> None:
    schemas = document()["components"]["schemas"]
    known = {field for schema in schemas.values() for field in schema["properties"]}
    known |= {f"{name}.{field}" for name, schema in schemas.items() for field in schema["properties"]}
    assert set(FIELDS) <= known


def test_every_example_file_belongs_to_an_operation() -> None:
    names = {operation["operationId"] for _path, _method, operation in operations(document())}
    assert {path.stem for path in (FOLDER / "examples").glob("*.json")} == names | {"problems"}


def test_the_licence_is_named_and_the_contact_is_a_setting() -> None:
    info = document()["info"]
    assert info["license"]["identifier"] == "Apache-2.0" and info["contact"]["name"] == "City safety"
