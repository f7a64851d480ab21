"""What a house says of itself is read by the house, its own room and rooms with an open incident there; by nobody else."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.adapters.postgres.launcher import Cluster
from reporting.domain.errors import NotFound, Refused, VersionConflict
from reporting.domain.premises import Contact, answers, kept_lines
from reporting.policy import Actor
from reporting.services import premises
from reporting.services.premises import Facts
from tests.access.test_fence import as_application, readable
from tests.cast import CITY_POINT, Cast, a_report, new_key
from tests.test_line import run
from tests.venue.house import HTTPS, actor_of, post, sign_in

pytestmark = pytest.mark.db
CALL = Contact("Ulla Quokka", "House manager", "+358 40 111 1111")
FACTS = Facts(opening_hours="Mo-Sa 09:00-21:00", capacity=2400, exits="North\nSouth", cameras="C1 North", contacts=(CALL,))
TABLES = ("venue_facts", "venue_procedure")


@pytest.fixture
def hana(cast: Cast, web_app: Flask) -> Actor:
    """The manager of the mall, whose plan is written."""
    who = actor_of(web_app, cast, "hana")
    with web_app.app_context():
        premises.save_facts(who, 0, FACTS)
        premises.save_procedure(who, "lockdown", 0, "Shut the door\nLights off")
    return who


def named(client: FlaskClient, cast: Cast, who: str) -> list[str]:
    told = client.get("/api/v1/venues", headers=cast.headers(who)).get_json()["items"]
    return [each["name"] for each in told]


def test_the_own_room_reads_it_and_others_only_beside_an_open_incident(  # noqa: PLR0917  fixtures
    client: FlaskClient, cast: Cast, hana: Actor, line_app: Flask, cluster: Cluster, owner: Engine
) -> None:
    assert (named(client, cast, "carl"), named(client, cast, "aino")) == (["The Mall"], [])
    report = client.post("/api/v1/reports", json=a_report(venue="K7QD", location=CITY_POINT), headers=new_key()).get_json()
    run(line_app, uuid.UUID(report["id"]))
    with owner.begin() as connection:
        found = connection.execute(text("select id::text, venue_id, organisation_id::text as room from incident")).one()
        assert found.venue_id is not None
        city = cast.organisations["city"]
        connection.execute(text("update incident set organisation_id = :city"), {"city": city})
    assert named(client, cast, "aino") == ["The Mall"]
    pane = client.get(f"/control/incidents/{found.id}", headers=cast.headers("aino")).text
    assert "Ulla Quokka" in pane and "Lights off" in pane and "2400 at most" in pane
    assert "Ulla Quokka" not in client.get(f"/control/incidents/{found.id}", headers=cast.headers("dora")).text
    for slug, may in (("city", True), ("mall", True), ("police", False)):
        with as_application(cluster, organisation=cast.organisations[slug]) as connection:
            assert [bool(readable(connection, table)) for table in TABLES] == [may, may], slug
    with owner.begin() as connection:
        connection.execute(text("update incident set status = 'closed', closed_at = now()"))
    assert named(client, cast, "aino") == []
    assert "Ulla Quokka" not in client.get(f"/control/incidents/{found.id}", headers=cast.headers("aino")).text


def test_another_venue_reads_nothing_of_it(cast: Cast, hana: Actor, cluster: Cluster) -> None:
    with as_application(cluster, venue=str(uuid.uuid4())) as connection:
        assert [readable(connection, table) for table in (*TABLES, "venue_device", "device_code", "venue_link")] == [""] * 5
    with as_application(cluster, venue=hana.venue_id or "") as connection:
        assert "Ulla Quokka" in readable(connection, "venue_facts")


def test_two_managers_at_once_do_not_undo_each_other(cast: Cast, web_app: Flask, hana: Actor, client: FlaskClient) -> None:
    with web_app.app_context():
        assert premises.save_facts(hana, 1, FACTS) == 2
        for late in (lambda: premises.save_facts(hana, 1, FACTS), lambda: premises.save_procedure(hana, "lockdown", 0, "Run")):
            with pytest.raises(VersionConflict):
                late()
        with pytest.raises(NotFound):
            premises.save_procedure(hana, "panic", 0, "Run")
    sign_in(client, "hana@example.org", cast.people["hana"].password)
    typed = {"version": "1", "capacity": "99", "exits": "Through the roof", "cameras": "", "opening_hours": ""}
    page = post(client, "/venue/manage/facts", "/venue/manage", **typed)
    assert page.status_code == 409 and "Through the roof</textarea>" in page.text and "What stands now" in page.text
    assert 'name="version" value="2"' in page.text and 'value="99"' in page.text
    steps = post(client, "/venue/manage/procedures/lockdown", "/venue/manage", version="0", steps="Run away")
    assert steps.status_code == 409 and "Run away</textarea>" in steps.text and "<li>Lights off</li>" in steps.text


def test_an_older_version_of_a_procedure_stays_in_history(web_app: Flask, hana: Actor, owner: Engine) -> None:
    with web_app.app_context():
        assert premises.save_procedure(hana, "lockdown", 1, "Only this") == 2
    with owner.connect() as connection:
        steps = list(connection.execute(text("select steps from venue_procedure order by version")).scalars())
    assert steps == ["Shut the door\nLights off", "Only this"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("capacity", "many"),
        ("capacity", "-3"),
        ("capacity", "٣"),
        ("exits", "\n".join("x" * 5 for _ in range(41))),
        ("cameras", "x" * 201),
        ("contacts.0.name", "Without a number"),
    ],
)
def test_what_does_not_fit_comes_back_as_it_was_typed(client: FlaskClient, cast: Cast, name: str, value: str) -> None:
    sign_in(client, "hana@example.org", cast.people["hana"].password)
    said = {"version": "0", "opening_hours": "Always <b>open</b>", name: value}
    page = post(client, "/venue/manage/facts", "/venue/manage", **said)
    assert page.status_code in (303, 422) and page.status_code == (303 if value == "٣" else 422)
    assert value == "٣" or "Always &lt;b&gt;open&lt;/b&gt;" in page.text


def test_zones_are_renamed_ended_and_never_the_last(web_app: Flask, hana: Actor, owner: Engine) -> None:
    with web_app.app_context():
        code = premises.add_zone(hana, "  Loading   bay ", "By the court")
        premises.change_zone(hana, code, "Loading dock", "By the yard")
        premises.end_zone(hana, "K7QD")
        with pytest.raises(Refused, match="last code"):
            premises.end_zone(hana, code)
        for gone in ("K7QD", "ZZZZ"):
            with pytest.raises(NotFound):
                premises.change_zone(hana, gone, "Mine", "")
        with pytest.raises(Refused):
            premises.add_zone(hana, " ", "")
    with owner.connect() as connection:
        row = connection.execute(text("select label, way_in from place_code where revoked_at is null")).one()
    assert tuple(row) == ("Loading dock", "By the yard")


def test_contacts_answer_by_hour_over_midnight_and_by_day() -> None:
    night = Contact("Night", "", "1", days=(4,), start="21:00", until="06:00")
    friday, saturday = datetime(2026, 11, 20), datetime(2026, 11, 21)
    told: list[Any] = [answers(night, friday.replace(hour=hour)) for hour in (5, 20, 21, 23)]
    assert told == [False, False, True, True]
    assert [answers(night, saturday.replace(hour=hour)) for hour in (5, 6, 22)] == [True, False, False]
    assert answers(Contact("All", "", "1"), friday) and not answers(Contact("Sat", "", "1", days=(5,)), friday)


def test_lines_are_kept_without_blanks() -> None:
    assert kept_lines(" a \n\n b\r\n") == "a\nb"


def test_pages_of_a_manager_are_not_for_staff(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, "gil@example.org", cast.people["gil"].password)
    for address in ("manage", "manage/staff", "manage/keys", "reports", "manage/procedures/lockdown"):
        assert client.get(f"/venue/{address}", **HTTPS).status_code == 403
    assert "Staff" not in client.get("/venue/plan", **HTTPS).text


@pytest.mark.parametrize("odd", ["\x00", "a\x00b\x07", "9" * 5000, "\ufffd\u202e", "<script>"])
def test_odd_input_is_refused_or_kept_and_never_a_fault(client: FlaskClient, cast: Cast, odd: str) -> None:
    sign_in(client, "hana@example.org", cast.people["hana"].password)
    fields = dict.fromkeys(("version", "capacity", "exits", "opening_hours", "contacts.0.phone", "contacts.0.start"), odd)
    named = dict.fromkeys(("name", "role", "label", "way_in", "step", "place", "pin", "code", "steps", "version"), odd)
    for address in ("manage/facts", "manage/procedures/lockdown", "manage/zones", "manage/zones/K7QD", "manage/staff", "unlock"):
        assert post(client, f"/venue/{address}", "/venue/manage", **{**fields, **named}).status_code < 500, address
    for address in ("manage/keys", "manage/links", "device/place", "device"):
        assert post(client, f"/venue/{address}", "/venue/manage", **{**fields, **named}).status_code < 500, address
    assert post(client, "/venue/manage/zones/%00", "/venue/manage", **named).status_code < 500
