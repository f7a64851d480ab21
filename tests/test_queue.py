"""The live list: its order, its pages, its filters, and how little it asks of the database."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from reporting import jobs
from reporting.extensions import db
from tests.cast import CITY_POINT, Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db


THINGS = (
    "holdall under the bench", "quadcopter above the roof", "note on the kiosk", "padlock cut open", "suitcase at the lift",
    "machine humming over trees", "shout from a passing car", "cable pulled out of a box", "parcel in the flower bed",
    "lights hovering by the tower", "words sprayed on a shutter", "hatch lifted in the yard",
)  # fmt: skip


@pytest.fixture
def busy(client: FlaskClient, cast: Cast, line_app: Flask) -> Cast:
    """Twelve incidents of four kinds, a hundred metres and more apart."""
    ids = []
    for number in range(12):
        place = {**CITY_POINT, "lat": 60.152 + number * 0.003}
        category = ("unattended_item", "drone", "threat", "tampering")[number % 4]
        hot = {"hidden": "yes", "obvious": "yes", "typical": "no"} if number == 4 else {}
        words = f"{('Alpha', 'Bravo', 'Charlie')[number % 3]} {THINGS[number]}"
        told = client.post(
            "/api/v1/reports", json=a_report(location=place, category=category, hot=hot, description=words), headers=new_key()
        )
        ids.append(uuid.UUID(told.get_json()["id"]))
    with line_app.app_context():
        run_line(jobs.TRIAGE, ids)
    return cast


def ask(client: FlaskClient, cast: Cast, query: str = "", who: str = "aino") -> Any:
    return client.get(f"/api/v1/incidents{query}", headers=cast.headers(who))


def test_pages_give_every_incident_once_in_order(client: FlaskClient, busy: Cast) -> None:
    for sort in ("priority", "-opened_at"):
        whole = ask(client, busy, f"?sort={sort}").get_json()["items"]
        seen, cursor = [], ""
        while True:
            page = ask(client, busy, f"?sort={sort}&limit=5{cursor}").get_json()
            seen += page["items"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert [item["id"] for item in seen] == [item["id"] for item in whole]
        assert len(whole) == 12


def test_the_most_urgent_stands_first(client: FlaskClient, busy: Cast) -> None:
    items = ask(client, busy).get_json()["items"]
    order = [(item["priority"], item["due_at"] or "9", item["opened_at"]) for item in items]
    assert order == sorted(order)
    assert next(item["priority"] for item in items if "suitcase" in item["summary"]) == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?category=drone", 3),
        ("?category=drone,threat", 6),
        ("?status=new", 12),
        ("?status=closed", 0),
        ("?status=new,closed", 12),
        ("?q=bravo", 4),
        ("?q=%25", 0),
        ("?q=_", 0),
        ("?assignee=none", 12),
        ("?assignee=me", 0),
        ("?bbox=24.9,60.151,25.0,60.1551", 2),
        ("?bbox=170,60,-170,61", 0),
        ("?since=2099-01-01T00:00:00Z", 0),
        ("?since=2000-01-01T00:00:00%2B02:00", 12),
        (f"?area={uuid.uuid4()}", 0),
    ],
)
def test_filters(client: FlaskClient, busy: Cast, query: str, count: int) -> None:
    answer = ask(client, busy, query)
    assert answer.status_code == 200, answer.data
    assert len(answer.get_json()["items"]) == count


def test_the_area_of_an_incident_is_a_filter(client: FlaskClient, busy: Cast, owner: Engine) -> None:
    with owner.connect() as connection:
        area = connection.execute(text("select id from jurisdiction where key = 'centre'")).scalar()
    assert len(ask(client, busy, f"?area={area}").get_json()["items"]) == 12


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?status=gone", "status"),
        ("?priority=0", "priority"),
        ("?priority=1,x", "priority"),
        ("?category=bomb", "category"),
        ("?area=here", "area"),
        ("?bbox=1,2,3", "bbox"),
        ("?bbox=0,50,10,40", "bbox"),
        ("?bbox=nan,0,1,1", "bbox"),
        ("?since=yesterday", "since"),
        ("?since=2026-11-22T09:00:00", "since"),
        ("?assignee=you", "assignee"),
        ("?sort=random", "sort"),
        ("?limit=0", "limit"),
        ("?limit=201", "limit"),
        ("?cursor=abc", "cursor"),
        ("?cursor=W10", "cursor"),
        ("?q=a%00b", "q"),
        ("?colour=red", "colour"),
    ],
)
def test_each_wrong_filter_is_named(client: FlaskClient, cast: Cast, query: str, field: str) -> None:
    answer = ask(client, cast, query)
    assert answer.status_code == 422
    assert field in [each["field"] for each in answer.get_json()["errors"]]


def test_a_cursor_of_another_order_is_refused(client: FlaskClient, busy: Cast) -> None:
    cursor = ask(client, busy, "?limit=3").get_json()["next"]
    assert ask(client, busy, f"?sort=-opened_at&cursor={cursor}").status_code == 422


def test_the_page_takes_at_most_six_statements(web_app: Flask, client: FlaskClient, busy: Cast) -> None:
    statements: list[str] = []
    with web_app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len(ask(client, busy).get_json()["items"]) == 12
    assert len(statements) <= 6, statements


def test_the_mall_sees_nothing_of_the_city(client: FlaskClient, busy: Cast) -> None:
    assert ask(client, busy, who="carl").get_json() == {"items": [], "next": None}
