"""What is about people who work somewhere is hidden from their room: every page and answer, row security, and joins."""

import uuid
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, text

from reporting.adapters.postgres.launcher import Cluster
from tests.access.rows import ROWS
from tests.access.test_fence import FENCED, OPEN, as_application, readable
from tests.cast import MALL_POINT, Cast, a_report, new_key
from tests.test_line import run

pytestmark = pytest.mark.db

WORD = "wombat"
ABOUT = {"description": f"The guard with the {WORD} keyring lets people in at the back", "about_staff": True}
OF_THE_HOUSE = ("carl", "gil", "hana")
PAGES = [pytest.param(door, id=" ".join(reversed(door))) for door in ROWS if door[1] == "GET"]


def file(web_app: Flask, **said: Any) -> uuid.UUID:
    answer = web_app.test_client().post("/api/v1/reports", json=a_report(**said), headers=new_key())
    assert answer.status_code == 201, answer.data
    return uuid.UUID(answer.get_json()["id"])


def one(owner: Engine, question: str, **values: Any) -> Any:
    with owner.connect() as connection:
        return connection.execute(text(question), values).one()


def incident_of(owner: Engine, report: uuid.UUID) -> Any:
    return one(
        owner,
        "select i.id::text, o.slug, i.about_staff, i.hidden_from::text[] as hidden_from from report r"
        " join incident i on i.id = r.incident_id join organisation o on o.id = i.organisation_id where r.id = :id",
        id=report,
    )


@pytest.fixture
def told(cast: Cast, web_app: Flask, line_app: Flask, owner: Engine) -> tuple[Cast, str, str]:
    """The cast, and the ids of a report about the mall's staff and of its incident, which the city has."""
    usual = file(web_app, description="A grey bag by the back door", venue="K7QD", location=MALL_POINT)
    run(line_app, usual)
    report = file(web_app, **ABOUT, venue="K7QD", location=MALL_POINT)
    run(line_app, report)
    found = incident_of(owner, report)
    assert (found.slug, found.about_staff, found.hidden_from) == ("city", True, [cast.organisations["mall"]])
    assert incident_of(owner, usual).slug == "mall"
    return cast, str(report), found.id


@pytest.mark.parametrize("door", PAGES)
def test_nobody_of_the_house_reads_of_it_anywhere(told: tuple[Cast, str, str], web_app: Flask, door: tuple[str, str]) -> None:
    cast, report, incident = told
    row = ROWS[door]
    for key in (report, incident) if row.targets else ("",):
        address = door[0].replace("<uuid:", "<").replace("<path:", "<")
        for name, value in {**row.address, "incident_id": key, "report_id": key, "event_id": key}.items():
            address = address.replace(f"<{name}>", str(value))
        for who in OF_THE_HOUSE:
            answer = web_app.test_client().get(address, headers=cast.headers(who))
            said = answer.get_data().decode(errors="replace")
            assert WORD not in said, who
            assert incident not in said.replace(address, ""), who
            assert answer.status_code != 200 or not row.targets or door[0].startswith("/control"), who


def test_the_room_that_has_it_reads_why_and_the_house_is_not_told(told: tuple[Cast, str, str], web_app: Flask) -> None:
    cast, _report, incident = told
    client = web_app.test_client()
    shown = client.get(f"/api/v1/incidents/{incident}", headers=cast.headers("aino")).get_json()
    assert WORD in shown["reports"][0]["description"]
    assert "cannot see it: the report is about its staff" in shown["assignment"]["reason"]
    assert shown["assignment"]["informed"] == []
    for who in OF_THE_HOUSE:
        assert client.get("/api/v1/notices", headers=cast.headers(who)).get_json()["items"] == []


def test_row_security_hides_it_from_the_house(told: tuple[Cast, str, str], cluster: Cluster, owner: Engine) -> None:
    cast, report, incident = told
    with owner.begin() as connection:
        connection.execute(text("update organisation set duty_desk = true where slug = 'mall'"))
    with as_application(cluster, organisation=cast.organisations["mall"], duty="on") as connection:
        for table in {*FENCED, *OPEN}:
            read = readable(connection, table)
            assert WORD not in read, table
            assert table in OPEN or (report not in read and incident not in read), table
    with as_application(cluster, organisation=cast.organisations["city"]) as connection:
        assert WORD in readable(connection, "report")


@pytest.mark.parametrize("said", [{"venue": "K7QD"}, {"location": MALL_POINT}, {"location": None, "place": "at the till"}])
def test_a_duty_desk_of_the_house_does_not_see_it_while_it_is_on_its_way(
    cast: Cast, web_app: Flask, cluster: Cluster, owner: Engine, said: dict[str, Any]
) -> None:
    body = {key: value for key, value in {**a_report(), **ABOUT, **said}.items() if value is not None}
    assert web_app.test_client().post("/api/v1/reports", json=body, headers=new_key()).status_code == 201
    with owner.begin() as connection:
        connection.execute(text("update organisation set duty_desk = true where slug = 'mall'"))
        connection.execute(text("update report set received_at = received_at - interval '5 seconds'"))
    with as_application(cluster, organisation=cast.organisations["mall"], duty="on") as connection:
        assert WORD not in readable(connection, "report")
    for address in ("/control/", "/api/v1/incidents"):
        assert WORD not in web_app.test_client().get(address, headers=cast.headers("carl")).get_data(as_text=True)
        assert WORD in web_app.test_client().get(address, headers=cast.headers("aino")).get_data(as_text=True)


def test_it_joins_nothing_of_the_house_and_nothing_joins_it(cast: Cast, web_app: Flask, line_app: Flask, owner: Engine) -> None:
    same = "A black backpack under the bench by the north door"
    usual, about, later = (
        file(web_app, description=same, venue="K7QD", location=MALL_POINT, about_staff=staff) for staff in (False, True, False)
    )
    for each in (usual, about, later):
        run(line_app, each)
    assert incident_of(owner, about).id != incident_of(owner, usual).id == incident_of(owner, later).id
    own = incident_of(owner, usual).id
    shown = web_app.test_client().get(f"/api/v1/incidents/{own}", headers=cast.headers("carl")).get_json()
    assert (shown["report_count"], shown["suggestions"]) == (2, [])


def test_the_database_refuses_to_give_it_to_the_house(told: tuple[Cast, str, str], owner: Engine, cluster: Cluster) -> None:
    cast, _report, incident = told
    mall = cast.organisations["mall"]
    with (
        as_application(cluster, reach="system") as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute("update incident set organisation_id = %s where id = %s", (mall, incident))
    with (
        as_application(cluster, reach="system") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(
            "insert into notice (id, incident_id, organisation_id, kind, category, priority, opened_at)"
            " values (gen_random_uuid(), %s, %s, 'for_information', 'other', 3, now())",
            (incident, mall),
        )


def test_without_a_code_the_place_says_whose_staff_it_may_be(cast: Cast, web_app: Flask, line_app: Flask, owner: Engine) -> None:
    report = file(web_app, **ABOUT, location=MALL_POINT)
    run(line_app, report)
    assert incident_of(owner, report).hidden_from == [cast.organisations["mall"]]
