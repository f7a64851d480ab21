"""An incident with more reports than a page shows: what decided it stays in sight, and everything else can be reached."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.dashboard.why import deciding
from reporting.queries.incident import EVENTS_SHOWN
from reporting.queries.incident_reports import NEWEST_SHOWN
from tests.cast import Cast
from tests.test_line import file, run

pytestmark = pytest.mark.db

COPIES = NEWEST_SHOWN + 30
COPY = """
insert into report select (jsonb_populate_record(report, jsonb_build_object(
  'id', gen_random_uuid(), 'reference', :tag || n, 'received_at', received_at + n * interval '1 millisecond',
  'receipt_hash', chr(92) || 'x' || encode(sha256(convert_to(:tag || n, 'UTF8')), 'hex')))).*
from report, generate_series(1, :copies) n where id = :id
"""
LINES = """
insert into timeline_event (id, incident_id, at, kind, text)
select gen_random_uuid(), id, now() + n * interval '1 millisecond', 'joined', 'Another report joined'
from incident, generate_series(1, :copies) n
"""


@dataclass(frozen=True, slots=True)
class Flooded:
    """An incident, its three true reports (the first, the worst, the last), and how to read it."""

    id: str
    true: tuple[str, str, str]
    client: FlaskClient
    headers: dict[str, str]

    def read(self, behind: str = "", **query: Any) -> Any:
        return self.client.get(f"/api/v1/incidents/{self.id}{behind}", headers=self.headers, query_string=query).get_json()


@pytest.fixture
def flooded(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> Iterator[Flooded]:
    bag = "Grey holdall beside the ticket machine"
    worst = {"description": f"{bag} with wires", "hot": {"hidden": "yes", "obvious": "yes", "typical": "no"}}
    true = []
    for changes in ({"description": bag}, worst, {"description": bag}):
        true.append(file(client, **changes))
        run(line_app, true[-1])
        with owner.begin() as connection:
            connection.execute(text(COPY), {"tag": f"R-{len(true)}-", "copies": COPIES, "id": true[-1]})
    with owner.begin() as connection:
        connection.execute(text("update incident set report_count = (select count(*) from report)"))
        connection.execute(text(LINES), {"copies": COPIES})
    (incident,) = client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"]
    yield Flooded(incident["id"], tuple(map(str, true)), client, cast.headers("aino"))  # type: ignore[arg-type]


def test_what_decided_stays_in_sight_whatever_comes_after(flooded: Flooded) -> None:
    found = flooded.read()
    shown = [report["id"] for report in found["reports"]]
    assert shown[0] == flooded.true[0] and flooded.true[1] in shown
    assert [report["received_at"] for report in found["reports"]] == sorted(report["received_at"] for report in found["reports"])
    assert (found["reports_shown"], found["report_count"]) == (len(shown), 3 * COPIES + 3)
    decided = deciding(found)
    assert decided is not None and decided["id"] == flooded.true[1]
    assert decided["assessment"]["priority"] == found["priority"]
    assert found["hot"] == {"hidden": "yes", "obvious": "yes", "typical": "no"}


def test_the_newest_report_is_shown(flooded: Flooded, owner: Engine) -> None:
    with owner.connect() as connection:
        newest = connection.scalar(text("select id from report order by received_at desc, id desc limit 1"))
    assert flooded.read()["reports"][-1]["id"] == str(newest)


def test_every_report_is_reached_page_by_page(flooded: Flooded) -> None:
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = flooded.read("/reports", **query)
        seen += [report["id"] for report in page["items"]]
        if page["next"] is None:
            break
        query["before"] = page["next"]
    assert len(seen) == len(set(seen)) == 3 * COPIES + 3
    assert set(flooded.true) <= set(seen)


def test_a_page_behind_no_report_of_the_incident_is_refused(flooded: Flooded) -> None:
    answer = flooded.read("/reports", before=str(uuid.uuid4()))
    assert (answer["status"], answer["errors"][0]["field"]) == (422, "before")


def test_a_flood_of_joined_lines_hides_nothing_that_was_done(flooded: Flooded) -> None:
    flooded.client.post(f"/api/v1/incidents/{flooded.id}/note", json={"text": "A guard is on the way"}, headers=flooded.headers)
    found = flooded.read()
    kinds = {event["kind"] for event in found["timeline"]}
    assert found["timeline"][0]["kind"] == "opened" and {"raised", "routed", "note"} <= kinds
    assert EVENTS_SHOWN <= len(found["timeline"]) < found["timeline_count"]
    raised = next(event for event in found["timeline"] if event["kind"] == "raised")
    assert raised["detail"]["report_id"] == flooded.true[1]


def test_the_console_says_how_many_of_how_many_and_leads_to_all(flooded: Flooded) -> None:
    page = flooded.client.get(f"/control/?incident={flooded.id}", headers=flooded.headers).text
    told = flooded.read()
    assert f"Showing {told['reports_shown']} of {told['report_count']} reports" in page
    assert re.search(r"\d+ reports joined, \d\d:\d\d to \d\d:\d\d", page), "a run of joins is one line, with its count"
    address = f"/control/reports/{flooded.id}"
    assert f'href="{address}"' in page
    listed = ""
    while address:
        shown = flooded.client.get(address, headers=flooded.headers).text
        listed += shown
        _, found, rest = shown.partition('id="older" href="')
        address = rest.partition('"')[0] if found else ""
    with_reference = [flooded.client.get(f"/api/v1/reports/{key}", headers=flooded.headers).get_json() for key in flooded.true]
    assert all(f'id="report-{report["reference"]}"' in listed for report in with_reference)
