"""What each audience gets to see (S03): the keys of every answer are golden files; what only the server sets is refused.

A new field in an answer shows here first. When it is meant, write the files anew with `WRITE_GOLDEN=1`.
"""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.access.asked import told, written
from tests.access.house import A_PICTURE, House
from tests.cast import PEOPLE, a_report, new_key
from tests.contract.document import Json, by_id, document, resolved
from tests.pictures import of_piece

pytestmark = pytest.mark.db

GOLDEN = Path(__file__).parent / "golden"
AUDIENCES = {"public": "", "venue staff": "gil", "administrator": "fred", "auditor": "eve", "partner": "jun", "operator": "aino"}
FREE = ("detail",)
"""Keys whose inside differs with what happened."""


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    """Dotted paths of every key; `[]` goes into a list."""
    if isinstance(value, dict) and value and path.rpartition(".")[2] not in FREE:
        for key, inner in value.items():
            yield from keys_of(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from keys_of(inner, f"{path}[]")
    else:
        yield path


def collapsed(paths: set[str]) -> list[str]:
    """Without the paths that only ended early because a value was null or a list empty."""
    return sorted(
        path for path in paths if not any(other != path and other.startswith((f"{path}.", f"{path}[]")) for other in paths)
    )


def asked(house: House, name: str, who: str) -> Any:
    """The operation on what is the audience's own; for those who own nothing, on what is the city's."""
    path, method, operation = by_id()[name]
    slug = PEOPLE[who][1] if who else "city"
    ids = {"incident_id": house.incidents[slug or "city"], "report_id": house.reports[slug or "city"], "code": "K7QD"}
    ids["notice_id"] = (told(house)["mall"] if name == "readNotice" else written(house)[slug or "city"])[0]
    address = path.format(**ids, n=1, event_id=last_event(house) if "{event_id}" in path else "")
    headers = {**new_key(), "Receipt-Code": house.receipts[slug or "city"], **(house.headers(who) if who else {})}
    headers |= of_piece(A_PICTURE, 0, last=True) if name == "addPiece" else {}
    query = {each["name"]: each["example"] for each in operation["parameters"] if each["in"] == "query" and each["required"]}
    return house.client().open(address, method=method.upper(), headers=headers, query_string=query, **body(house, name, slug))


def last_event(house: House) -> str:
    """The newest line of the timeline of the city's incident."""
    answer = house.client().get(f"/api/v1/incidents/{house.incidents['city']}", headers=house.headers("aino"))
    event: str = answer.get_json()["timeline"][-1]["id"]
    return event


def body(house: House, name: str, slug: str | None) -> Json:
    """The example of the body, with what only this house knows."""
    operation = by_id()[name][2]
    if "requestBody" not in operation:
        return {}
    if name in ("sendPicture", "addPiece"):
        return {"data": A_PICTURE}
    value = dict(next(iter(operation["requestBody"]["content"]["application/json"]["examples"].values()))["value"])
    if "version" in value:
        operator = {"city": "aino", "mall": "carl", "police": "dora"}[slug or "city"]
        address = f"/api/v1/incidents/{house.incidents[slug or 'city']}"
        value["version"] = house.client().get(address, headers=house.headers(operator)).get_json()["version"]
    if "receipt_code" in value and name != "fileReport":
        value["receipt_code"] = house.receipts["city"]
    if name in ("askReporter", "tellReporter"):
        value["report"] = house.reports[slug or "city"]
    if "other" in value:
        others = sorted(house.every_incident["city"] - {house.incidents["city"]})
        value["other"] = others[0 if name == "mergeIncidents" else -1]
        value.pop("other_version", None)
    if name == "withdrawReport":
        value["receipt_code"] = (
            house.client().post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()["receipt_code"]
        )
    if "reports" in value:
        value["reports"] = [house.reports["city"]]
    return {"json": value}


def seen_by_everybody(house: House, name: str) -> dict[str, list[str]]:
    """Audience and status -> the keys of the answer."""
    found: dict[str, set[str]] = {}
    for audience, who in AUDIENCES.items():
        answer = asked(house, name, who)
        if answer.mimetype.endswith("json"):
            found.setdefault(f"{audience} {answer.status_code}", set()).update(keys_of(answer.get_json()))
    return {key: collapsed(paths) for key, paths in found.items()}


@pytest.mark.parametrize("name", list(by_id()))
def test_everybody_sees_the_keys_that_are_agreed(house: House, name: str) -> None:
    path = GOLDEN / f"{name}.json"
    seen = seen_by_everybody(house, name)
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(json.dumps(seen, indent=1) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == seen


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(by_id())


def properties(schema: Json) -> dict[str, Json]:
    """Fields of a schema of the document."""
    found: dict[str, Json] = resolved(schema)["properties"]
    return found


def inputs() -> Iterator[Any]:
    """Every operation with a body, and each key that some answer has and this body has not."""
    answers = {key for schema in document()["components"]["schemas"].values() for key in schema["properties"]}
    for name, (_path, _method, operation) in by_id().items():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if content["schema"].get("format") == "binary":
                continue
            taken = set(properties(content["schema"]))
            yield pytest.param(name, sorted(answers - taken), id=name)


@pytest.mark.parametrize(("name", "others"), list(inputs()))
def test_what_only_the_server_sets_is_refused_as_input(house: House, name: str, others: list[str]) -> None:
    path, method, _operation = by_id()[name]
    ids = {"incident_id": house.incidents["city"], "report_id": house.reports["city"]}
    address = path.format(**ids, event_id=uuid.uuid4())
    right = body(house, name, "city")["json"]
    for key in (*others, "organisation_id", "incident_id", "account_id", "receipt_hash", "__proto__", "unknown"):
        headers = {**new_key(), **house.headers("aino")}
        sent = {**right, key: str(uuid.uuid4())}
        answer = house.client().open(address, method=method.upper(), json=sent, headers=headers)
        assert answer.status_code == 422, key
        assert {"field": key, "code": "unknown"}.items() <= answer.get_json()["errors"][0].items()


@pytest.mark.parametrize("inside", ["location", "reporter_location", "hot", "contact"])
def test_unknown_keys_inside_are_refused_too(house: House, inside: str) -> None:
    known = {"location": {"lat": 1, "lon": 1}, "reporter_location": {"lat": 1, "lon": 1}}.get(inside, {})
    answer = house.client().post("/api/v1/reports", json=a_report(**{inside: {**known, "trust": "normal"}}), headers=new_key())
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, f"{inside}.trust")


@pytest.mark.parametrize("word", ["contact", "email", "phone", "maija", "reporter", "device", "network", "receipt"])
def test_no_operator_reads_who_told(house: House, word: str) -> None:
    """The reporter's contact, own position, device and receipt are in no answer about an incident; whether all came through one
    network is."""
    for name in ("readIncident", "readReport", "listIncidents"):
        answer = asked(house, name, "aino")
        assert answer.status_code == 200
        keys = json.dumps(sorted(seen_by_everybody(house, name).values()))
        assert word not in keys.lower().replace("one_network", "")
        assert word not in answer.get_data(as_text=True).lower().replace("one_network", "") or word == "reporter"
