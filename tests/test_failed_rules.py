"""A rule that fails hides no report: it stands on top of the queue until a person has seen it, and nowhere twice."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reporting import jobs
from reporting.domain.findings import Finding
from tests.cast import CITY_POINT, Cast, a_report, new_key
from worker.line import run_line
from worker.triage import task
from worker.triage.assess import assess
from worker.triage.case import Case
from worker.triage.rules import RULES

pytestmark = pytest.mark.db

WALLET = "I lost my wallet on the tram"


def breaks_on_wallets(case: Case) -> Iterator[Finding]:
    """Fails on one kind of report, as a bug would."""
    if "wallet" in case.facts.text:
        raise ZeroDivisionError
    return iter(())


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "assess", lambda facts, now: assess(facts, now, (*RULES, breaks_on_wallets)))


def file(client: FlaskClient, line_app: Flask, north: float, **changes: Any) -> str:
    place = {**CITY_POINT, "lat": CITY_POINT["lat"] + north}
    told = client.post("/api/v1/reports", json=a_report(location=place, **changes), headers=new_key())
    assert told.status_code == 201, told.data
    with line_app.app_context():
        run_line(jobs.TRIAGE, [uuid.UUID(told.get_json()["id"])])
    return str(told.get_json()["id"])


def queue(client: FlaskClient, cast: Cast, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/incidents{query}", headers=cast.headers("aino"))
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_it_stands_above_even_immediate_danger_until_somebody_has_seen_it(
    client: FlaskClient, cast: Cast, line_app: Flask, broken: None
) -> None:
    file(client, line_app, 0.0, category="other", description="Shots fired in the square", hot={})
    file(client, line_app, 0.003, category="other", description=WALLET, hot={})
    first, second = queue(client, cast)
    assert (first["summary"], first["look_first"], first["priority"]) == (WALLET, True, 2)
    assert (second["priority"], second["look_first"]) == (1, False)
    found = client.get(f"/api/v1/incidents/{first['id']}", headers=cast.headers("aino")).get_json()
    failed = [each for each in found["reports"][0]["assessment"]["findings"] if each["failed"]]
    assert [each["rule"] for each in failed] == ["rule.failed"]
    assert "breaks_on_wallets" in failed[0]["reason"] and "wallet" not in failed[0]["reason"].replace("breaks_on_wallets", "")
    told = client.post(
        f"/api/v1/incidents/{first['id']}/acknowledge", json={"version": first["version"]}, headers=cast.headers("aino")
    )
    assert told.status_code == 200, told.data
    assert [item["priority"] for item in queue(client, cast)] == [1, 2]
    assert not any(item["look_first"] for item in queue(client, cast))


def test_it_is_in_the_list_once_on_every_page_and_in_narrowed_lists_too(
    client: FlaskClient, cast: Cast, line_app: Flask, broken: None
) -> None:
    for number in range(4):
        words = ("Grey box under a bench", "Padlock cut open at the gate", "Parcel in the flower bed", "Cable hangs out of a box")
        file(client, line_app, 0.004 * number, description=words[number])
    failed = file(client, line_app, 0.02, category="other", description=WALLET, hot={})
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get(f"/api/v1/incidents?limit=2{cursor}", headers=cast.headers("aino")).get_json()
        seen += [item["summary"] for item in page["items"]]
        assert len(page["items"]) <= 2
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen[0] == WALLET and len(seen) == len(set(seen)) == 5
    assert WALLET in [item["summary"] for item in queue(client, cast, "?category=other")]
    assert failed


def test_nothing_is_joined_to_it(client: FlaskClient, cast: Cast, line_app: Flask, broken: None) -> None:
    file(client, line_app, 0.0, description=WALLET)
    file(client, line_app, 0.0, description="Black wallet-shaped thing under the bench")
    file(client, line_app, 0.0, description="Black thing under the bench")
    assert sorted(item["report_count"] for item in queue(client, cast)) == [1, 1, 1]
