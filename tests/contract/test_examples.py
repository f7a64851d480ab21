"""Examples are true: what is sent loads through the schemas and is accepted, what is answered has the described shape."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema

from reporting.domain.receipts import VECTORS
from reporting.extensions import api
from tests.cast import Cast
from tests.contract.document import Json, by_id, document, resolved, wrong

REQUESTS = [
    pytest.param(content["schema"], shown["value"], id=f"{name}: {title}")
    for name, (_path, _method, operation) in by_id().items()
    for content in operation.get("requestBody", {}).get("content", {}).values()
    for title, shown in content.get("examples", {}).items()
]
ANSWERS = [
    pytest.param(content["schema"], shown["value"], int(status), id=f"{name} {status}: {title}")
    for name, (_path, _method, operation) in by_id().items()
    for status, response in operation["responses"].items()
    for content in resolved(response).get("content", {}).values()
    for title, shown in content.get("examples", {}).items()
]
PARAMETERS = [
    pytest.param(parameter, id=f"{name}: {parameter['name']}")
    for name, (_path, _method, operation) in by_id().items()
    for parameter in operation["parameters"]
    if "example" in parameter
]


def schema_class(reference: Json) -> type[Schema]:
    """The marshmallow schema behind a reference of the document."""
    document()
    name = reference["$ref"].rsplit("/", 1)[1]
    return next(key[0] for key, known in api.ma_plugin.converter.refs.items() if known == name)


@pytest.mark.parametrize(("schema", "value"), REQUESTS)
def test_what_is_sent_is_right_by_both_schemas(schema: Json, value: Any) -> None:
    assert wrong(schema, value) == []
    schema_class(schema)().load(value)


@pytest.mark.parametrize(("schema", "value", "status"), ANSWERS)
def test_what_is_answered_has_the_described_shape(schema: Json, value: Any, status: int) -> None:
    assert wrong(schema, value) == []
    if isinstance(value, dict) and "title" in value:
        assert value["status"] == status


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_parameters_have_examples_that_fit(parameter: Json) -> None:
    assert wrong(parameter["schema"], parameter["example"]) == []


@pytest.mark.db
@pytest.mark.parametrize("title", list(by_id()["fileReport"][2]["requestBody"]["content"]["application/json"]["examples"]))
def test_every_example_of_a_report_is_accepted(client: FlaskClient, cast: Cast, title: str) -> None:
    operation = by_id()["fileReport"][2]
    headers = {each["name"]: each["example"] for each in operation["parameters"]}
    body = operation["requestBody"]["content"]["application/json"]["examples"][title]["value"]
    answer = client.post("/api/v1/reports", json=body, headers=headers)
    assert answer.status_code == 201 and answer.get_json()["notices"] == []
    assert client.post("/api/v1/reports", json=body, headers=headers).status_code == 200


def test_the_receipt_in_the_examples_is_one_of_the_test_vectors() -> None:
    shown = by_id()["fileReport"][2]["requestBody"]["content"]["application/json"]["examples"]["item"]["value"]
    assert shown["receipt_code"] in VECTORS.values()


def test_a_place_is_needed_and_blank_words_are_none() -> None:
    schema = {"$ref": "#/components/schemas/NewReport"}
    loads = schema_class(schema)()
    for body in ({"category": "other"}, {"category": "other", "place": " "}, {"category": "other", "venue": "", "place": ""}):
        assert wrong(schema, body) and loads.validate(body)
    for body in ({"category": "other", "venue": "X"}, {"category": "other", "location": {"lat": 1, "lon": 1}, "place": ""}):
        assert not wrong(schema, body) and not loads.validate(body)


def test_ids_in_examples_are_random_ones() -> None:
    for name in ("readReport", "readIncident"):
        _path, _method, operation = by_id()[name]
        assert uuid.UUID(operation["parameters"][0]["example"]).version == 4
