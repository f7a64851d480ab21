"""The live application answers as described: every operation, every status that is described for it, headers and bodies."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.app import put_on_faces
from reporting.auth.guesses import FREE
from reporting.bootstrap import adapters, build
from reporting.config import Settings
from reporting.domain.pictures import MOST_BYTES
from reporting.queries.health import PROCESSES
from reporting.services.line import beat_pulse
from tests.cast import Cast, a_report, new_key
from tests.contract.document import Json, by_id, response_of, wrong
from tests.pictures import (
    broken_png,
    clean,
    digest,
    jpeg,
    keep_free,
    large_jpeg,
    of_phone,
    of_piece,
    picture_id,
    send,
    send_piece,
)
from tests.test_escalation import Night
from tests.test_line import file, run

pytestmark = pytest.mark.db

A_PICTURE = of_phone()
Seen = set[tuple[str, str]]
ELSEWHERE = {
    ("live", "200"): "the stream's own process answers it: test_stream_answers",
    ("healthLive", "503"): "needs no database: only a proxy may answer so",
    ("listCategories", "503"): "the same",
    ("findPlaces", "503"): "the same",
}
IN_ROOMS = {
    "askFirstLook": ("200",),
    "askReporter": ("200",),
    "chooseChannel": ("200", "403"),
    "chooseFollowUpChannel": ("200", "409", "429"),
    "downloadReport": ("200", "429"),
    "findRoom": ("503",),
    "listChannels": ("503",),
    "listQuestionCards": ("503",),
    "openContact": ("200",),
    "readNotice": ("200", "409"),
    "renewPush": ("204", "404", "503"),
    "reply": ("200", "409", "429"),
    "stopChannel": ("403",),
    "stopFollowUpChannel": ("200", "429"),
    "takeQuestionBack": ("200",),
    "tellFeeling": ("200", "409", "429"),
    "tellReporter": ("200",),
    "withdrawFirstLook": ("200",),
    "withdrawNotice": ("200", "409"),
    "withdrawReport": ("200", "429"),
    "writeNotice": ("404",),
}
"""operation -> statuses that need a conversation, a notice, a chosen channel or trained staff: the tests of those rooms answer
them, and the random requests of `test_fuzz` hold their bodies against the description."""
ELSEWHERE |= {(name, status): "the tests of its room" for name, statuses in IN_ROOMS.items() for status in statuses}


@dataclass
class Stage:
    """A client, credentials by role, and the ids of one report and its incident."""

    client: FlaskClient
    cast: Cast
    report: str
    incident: str
    receipt: str
    others: tuple[str, ...] = ()
    """Two more incidents of the room: one to merge, one that is not the same."""

    def address(self, path: str, absent: bool = False) -> str:
        """The path with ids of the stage, or with such as nobody has."""
        ids = {
            "incident_id": self.incident,
            "report_id": self.report,
            "code": "K7QD",
            "event_id": "",
            "notice_id": str(uuid.uuid4()),
        }
        if "{event_id}" in path and not absent:
            ids["event_id"] = self.last_event()
        return path.replace("{n}", "1").format(**(dict.fromkeys(ids, str(uuid.uuid4())) if absent else ids))

    def body(self, name: str, operation: Json) -> Json | None:
        """The first example of a body, with what only this stage knows."""
        if "requestBody" not in operation:
            return None
        if name in ("sendPicture", "addPiece"):
            return None
        value = next(iter(operation["requestBody"]["content"]["application/json"]["examples"].values()))["value"]
        own: Json = {"receipt_code": self.receipt} if name == "followUp" else {}
        if name in ("mergeIncidents", "markNotSame"):
            own = {"other": self.others[name == "markNotSame"]}
        if name == "splitIncident":
            own = {"reports": [self.report]}
        return {**value, **({"version": self.version()} if "version" in value else {}), **own}

    def last_event(self) -> str:
        """The newest line of the incident's timeline."""
        found = self.client.get(f"/api/v1/incidents/{self.incident}", headers=self.cast.headers("aino")).get_json()
        return str(found["timeline"][-1]["id"])

    def version(self) -> int:
        """The incident's version now."""
        found = self.client.get(f"/api/v1/incidents/{self.incident}", headers=self.cast.headers("aino")).get_json()
        return int(found["version"])

    def ask(self, name: str, who: str | None = "aino", absent: bool = False, **changes: Any) -> Any:
        """One request as described, with changes to it."""
        path, method, operation = by_id()[name]
        headers = {**(self.cast.headers(who) if who else {}), **new_key(), "Receipt-Code": self.receipt}
        needed = {each["name"]: each["example"] for each in operation["parameters"] if each["in"] == "query" and each["required"]}
        asked = {"json": self.body(name, operation), "headers": headers, "query_string": needed, **changes}
        if asked["json"] is None or "data" in asked:
            del asked["json"]
        if name == "sendPicture" and "json" not in asked:
            asked.setdefault("data", A_PICTURE)
        if name == "addPiece" and "json" not in asked:
            asked.setdefault("data", A_PICTURE)
            asked["headers"] |= of_piece(A_PICTURE, 0, last=True)
        return self.client.open(self.address(path, absent), method=method.upper(), **asked)


@pytest.fixture
def stage(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> Stage:
    """One report in the city that became an incident; Aino operates there."""
    told = client.post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()
    run(line_app, uuid.UUID(told["id"]))
    items = client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"]
    with line_app.app_context():
        for process in PROCESSES:
            beat_pulse(process)
    others = tuple(_more(client, cast, line_app, category) for category in ("drone", "threat"))
    assert send(client, told, A_PICTURE).status_code == 201
    clean(line_app, picture_id(owner, told))
    return Stage(client, cast, told["id"], items[0]["id"], told["receipt_code"], others)


def _more(client: FlaskClient, cast: Cast, line_app: Flask, category: str) -> str:
    """Another incident of the city."""
    run(line_app, file(client, category=category, description=f"Something about a {category}"))
    asked = {"category": category}
    found = client.get("/api/v1/incidents", query_string=asked, headers=cast.headers("aino")).get_json()
    return str(found["items"][0]["id"])


def conforms(name: str, answer: Any) -> str:
    """Holds an answer against its description; returns the status as described."""
    described = response_of(by_id()[name][2], answer.status_code)
    kinds = described.get("content", {})
    if kinds and answer.mimetype == "image/jpeg":
        assert kinds["image/jpeg"] and answer.data.startswith(b"\xff\xd8")
    elif kinds:
        content = kinds[answer.mimetype]
        value = answer.get_json() if answer.mimetype.endswith("json") else answer.get_data(as_text=True)
        assert wrong(content["schema"], value) == []
    for header, shape in described.get("headers", {}).items():
        assert header in answer.headers, header
        assert shape
    return str(answer.status_code)


def asked_of(name: str, stage: Stage) -> Iterator[Any]:
    """Every kind of request that leads to a different status, in an order in which each can happen."""
    operation = by_id()[name][2]
    guarded = "401" in operation["responses"]
    yield stage.ask(name, query_string={"nonsense": "1"})
    if guarded:
        yield stage.ask(name, None)
        yield stage.ask(name, "gil")
        yield stage.ask(name, "jun")
    if "404" in operation["responses"]:
        yield stage.ask(name, absent=True)
    if "requestBody" in operation:
        yield stage.ask(name, data=b"{", content_type="application/json")
        yield stage.ask(name, data=b"x" * 70_000, content_type="application/json")
        yield stage.ask(name, data=b"x", content_type="text/plain")
        yield stage.ask(name, json={"nonsense": 1})
    if "409" in operation["responses"] and guarded:
        yield stage.ask(name, json={**(stage.body(name, operation) or {}), "version": 999})
    yield stage.ask(name)


def test_every_described_status_is_answered_as_described(
    stage: Stage, owner: Engine, settings: Settings, line_app: Flask
) -> None:
    seen: Seen = set()
    for name in by_id():
        seen |= {(name, conforms(name, answer)) for answer in asked_of(name, stage)}
    seen |= {(name, conforms(name, answer)) for name, answer in rare_ones(stage, owner, line_app)}
    seen |= {(name, conforms(name, answer)) for name, answer in between_rooms(Night(stage.cast, line_app, owner, stage.client))}
    seen |= {(name, conforms(name, answer)) for name, answer in without_database(stage, settings)}
    described = {(name, status) for name, (_path, _method, operation) in by_id().items() for status in operation["responses"]}
    assert sorted(described - seen - set(ELSEWHERE)) == []
    assert set(ELSEWHERE) <= described - seen


def rare_ones(stage: Stage, owner: Engine, line_app: Flask) -> Iterator[tuple[str, Any]]:
    """What needs an unusual moment: a retry, the same key at work, a silent line, a stranger at the figures."""
    headers = new_key()
    for _ in range(2):
        yield "fileReport", stage.ask("fileReport", None, headers=headers)
    with line_app.app_context():
        mark = adapters().seals.mark("idempotency", "at-work")
    with owner.begin() as connection:
        columns = "key_hash, body_hash, created_at, report_id, reference, trust"
        row = {"mark": mark, "id": uuid.uuid4()}
        connection.execute(text(f"insert into idempotency ({columns}) values (:mark, '', now(), :id, '', '')"), row)
        yield "fileReport", stage.ask("fileReport", None, headers={"Idempotency-Key": "at-work"})
        connection.rollback()
    for _ in range(FREE + 1):
        yield "followUp", stage.ask("followUp", json={"receipt_code": "0000-0000-0000-0000"})
    yield from pictures(stage)
    yield from pieces(stage)
    yield "undoStep", stage.ask("undoStep", headers={**stage.cast.headers("aino"), "If-Match": "soon"})
    yield "metrics", stage.ask("metrics", None, headers={"X-Forwarded-For": "192.0.2.1"})
    with owner.begin() as connection:
        connection.execute(text("delete from pulse"))
    yield "healthReady", stage.ask("healthReady", None)


def pictures(stage: Stage) -> Iterator[tuple[str, Any]]:
    """A second picture, its number taken by another one, without a receipt, cut off, too large, and while the disk is full."""
    address, code = f"/api/v1/reports/{stage.report}/pictures/2", {"Receipt-Code": stage.receipt}
    yield "sendPicture", stage.client.put(address, data=jpeg(64, 64), headers=code)
    yield "sendPicture", stage.client.put(address, data=jpeg(65, 65), headers=code)
    yield "sendPicture", stage.client.put(address, data=jpeg())
    yield "sendPicture", stage.client.put(address, data=b"GIF89a", headers=code)
    yield "sendPicture", stage.client.put(address, data=jpeg()[:-9], headers=code)
    yield "sendPicture", stage.client.put(address, data=b"x" * (MOST_BYTES + 1), headers=code)
    with pytest.MonkeyPatch.context() as patch:
        keep_free(stage.client.application, patch, 2**62)
        yield "sendPicture", stage.client.put(address, data=jpeg(), headers=code)
        yield "addPiece", send_piece(stage.client, told(stage), jpeg(), 0, last=True, n=3)


def told(stage: Stage) -> dict[str, str]:
    """The stage's report as its sender knows it."""
    return {"id": stage.report, "receipt_code": stage.receipt}


def pieces(stage: Stage) -> Iterator[tuple[str, Any]]:
    """A third picture in two pieces; a gap, a piece of another picture, a digest that cannot be read, a length over the most, and
    files that are no picture."""
    address, report, data = f"/api/v1/reports/{stage.report}/pictures/3/upload", told(stage), large_jpeg(50_000)
    code = {"Receipt-Code": stage.receipt}
    yield "addPiece", send_piece(stage.client, report, b"GIF89a" + bytes(20_000), 0, n=3)
    yield "addPiece", send_piece(stage.client, report, broken_png()[:-9], 0, n=3, last=True)
    yield "addPiece", send_piece(stage.client, report, data, 0, 20_000, n=3, **{"Upload-Length": str(MOST_BYTES + 1)})
    yield "addPiece", send_piece(stage.client, report, data, 0, 20_000, n=3)
    yield "addPiece", send_piece(stage.client, report, data, 30_000, n=3)
    yield "addPiece", send_piece(stage.client, report, data, 20_000, 20_001, n=3)
    yield "readUpload", stage.client.get(address, headers=code)
    yield "readUpload", stage.client.get(address, headers={**code, "Repr-Digest": digest(b"another")})
    yield "readUpload", stage.client.get(address)
    yield "cancelUpload", stage.client.delete(address)
    yield "cancelUpload", stage.client.delete(address, headers=code)
    yield "addPiece", send_piece(stage.client, report, data, 0, 20_000, n=3)
    yield "addPiece", send_piece(stage.client, report, data, 20_000, last=True, n=3)
    yield "addPiece", send_piece(stage.client, report, data, 20_000, last=True, n=3)
    yield "cancelUpload", stage.client.delete(address, headers=code)


def between_rooms(night: Night) -> Iterator[tuple[str, Any]]:
    """What needs colleagues and a room above: work is given to a desk, escalated, and given back."""
    night.does("update organisation set escalates_to_id = :police where slug = 'city'", police=night.cast.organisations["police"])
    for name in ("aino", "dora"):
        night.comes(name)
    incident = night.files()

    def step(who: str, name: str, version: int | None = None, **body: Any) -> Any:
        headers, path = night.cast.headers(who), f"/api/v1/incidents/{incident}"
        now = night.client.get(path, headers=headers).get_json()["version"] if version is None else version
        return night.client.post(f"{path}/{name}", json={"version": now, **body}, headers=headers)

    yield "assignIncident", step("aino", "assign", desk=str(night.desk("Front desk")))
    yield "escalateIncident", step("aino", "escalate", reason="I need a second pair of eyes.")
    yield "giveIncidentBack", step("dora", "give-back", version=999, text="Our car is on the other bank.")
    yield "giveIncidentBack", step("dora", "give-back", text="Our car is on the other bank.")


def without_database(stage: Stage, settings: Settings) -> Iterator[tuple[str, Any]]:
    """Every operation that needs the database, while it is away."""
    away = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    client = put_on_faces(build(away, process="web", pool=1)).test_client()
    dead = replace(stage, client=client)
    dead.version = lambda: 1  # type: ignore[method-assign]
    dead.last_event = lambda: str(uuid.uuid4())  # type: ignore[method-assign]
    for name in by_id():
        if (name, "503") not in ELSEWHERE:
            yield name, dead.ask(name)


def test_a_method_that_a_path_does_not_have_is_refused_with_what_it_has(client: FlaskClient) -> None:
    for path, method, _operation in by_id().values():
        has = {known for other, known, _operation in by_id().values() if other == path}
        for other in {"GET", "PUT", "POST", "DELETE", "PATCH", "TRACE"} - {each.upper() for each in has}:
            ids = dict.fromkeys(("incident_id", "report_id", "event_id", "notice_id"), uuid.uuid4())
            answer = client.open(path.format(**ids, code="X", n=1), method=other)
            assert answer.status_code == 405, (other, path)
            assert method.upper() in answer.headers["Allow"] and answer.mimetype == "application/problem+json"


def test_a_version_may_stand_in_the_header(stage: Stage) -> None:
    headers = {**stage.cast.headers("aino"), "If-Match": f'"{stage.version()}"'}
    assert stage.ask("acknowledgeIncident", json={}, headers=headers).status_code == 200
    assert stage.ask("takeIncident", json={}, headers=headers).status_code == 409
    for value in ("x", "*", '"1', "1 ", ""):
        assert stage.ask("takeIncident", json={}, headers={**headers, "If-Match": value}).status_code == 400
    assert stage.ask("takeIncident", json={"version": 1}, headers={**headers, "If-Match": "2"}).status_code == 422
    assert stage.ask("takeIncident", json={}).status_code == 422


def test_a_page_can_be_left_and_continued(stage: Stage, line_app: Flask) -> None:
    for category in ("drone", "threat", "tampering"):
        run(line_app, file(stage.client, category=category, description=f"Something about a {category}"))
    for order in ("priority", "-opened_at"):
        seen, cursor = [], None
        while True:
            query = {"limit": 2, "sort": order, **({"cursor": cursor} if cursor else {})}
            page = stage.ask("listIncidents", query_string=query).get_json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 4
