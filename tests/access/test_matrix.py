"""The isolation matrix (S01): every route and method, everybody who may knock, and every kind of thing behind the door."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from reporting.auth.guards import Access, access_of
from reporting.auth.guesses import GUESSES
from reporting.policy import ROLES, Actor, Resource, decide
from tests.access.house import GRANTED_TO, STRANGERS, House
from tests.access.rows import EXPLICIT, INCIDENT, OWN_RECEIPT, ROWS, Row
from tests.cast import PEOPLE

pytestmark = pytest.mark.db

Door = tuple[str, str]
DOORS = [pytest.param(door, id=" ".join(reversed(door))) for door in ROWS]
FILLED = (
    *("incident_id", "report_id", "event_id", "draft_id", "trial_id", "other_id", "account_id", "device_id", "link_id"),
    *("look_id", "notice_id", "entry"),
)
"""Names in addresses that the target's id fills."""
NO_TARGET: dict[str, tuple[str, Any]] = {"": ("", None)}


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Rule, method and endpoint of every route; HEAD and OPTIONS follow from the others."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield rule.rule, method, rule.endpoint


def test_every_route_has_a_row_and_every_row_a_route(web_app: Flask) -> None:
    known = {(rule, method) for rule, method, _endpoint in routes(web_app)}
    assert known - set(ROWS) == set(), "routes without a row in tests/access/rows.py"
    assert set(ROWS) - known == set(), "rows without a route"


def test_every_role_is_on_stage() -> None:
    assert {role for role, _slug in PEOPLE.values()} == set(ROLES)


def expected(access: Access, row: Row, actor: Actor | None, target: str, resource: Resource | None) -> int:
    """What the policy says of this knock."""
    if access.action is None:
        return row.opens
    if actor is None:
        return row.turned_away
    decision = decide(actor, access.action, resource)
    if decision.reason == "role":
        return 403
    if decision.allowed and (access.action, target) in EXPLICIT:
        return EXPLICIT[access.action, target][0]
    return row.opens if decision.allowed else 404


def knock(house: House, door: Door, who: str, key: str, verb: str = "") -> Any:
    """One request at a row's door, with its own method or another."""
    rule, method = door
    row = ROWS[door]
    asked = row.asked(house)
    headers = {**asked.pop("headers", {}), **house.headers(who)}
    address = rule.replace("<uuid:", "<").replace("<path:", "<")
    for name, value in {**row.address, **dict.fromkeys(FILLED, key)}.items():
        address = address.replace(f"<{name}>", value)
    return house.client().open(address, method=verb or method, headers=headers, **asked)


@pytest.mark.parametrize("door", DOORS)
def test_only_who_may_passes_and_nobody_reads_of_others(house: House, door: Door) -> None:
    row, method = ROWS[door], door[1]
    endpoint = next(end for known, verb, end in routes(house.app) if (known, verb) == door)
    access = access_of(house.app, endpoint)
    assert access is not None
    deviations = []
    for who in house.people:
        GUESSES.forget()  # each knocks from a network of their own
        actor = None if who in STRANGERS else house.actors[who]
        for target, (key, resource) in (row.targets(house) if row.targets else NO_TARGET).items():
            wanted = expected(access, row, actor, target, resource)
            for verb in (method, "HEAD") if method == "GET" else (method,):
                answer = knock(house, door, who, key, verb)
                if answer.status_code != wanted:
                    deviations.append(f"{who} {verb} {target}: {answer.status_code}, not {wanted}")
                read = answer.data.decode(errors="replace")
                deviations += [f"{who} {verb} {target} reads {word}" for word in house.foreign_words(actor) if word in read]
    assert deviations == []


@pytest.mark.parametrize("door", DOORS)
def test_asking_for_options_tells_nothing_but_methods(house: House, door: Door) -> None:
    answer = knock(house, door, "anonymous", house.incidents["city"], "OPTIONS")
    assert answer.status_code == 200 and answer.data == b""


@pytest.mark.parametrize("door", DOORS)
def test_no_other_method_opens_a_door(house: House, door: Door) -> None:
    rule = door[0]
    has = {known for other, known in ROWS if other == rule} | ({"HEAD"} if (rule, "GET") in ROWS else set())
    for verb in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - has:
        for who in ("anonymous", "bo"):
            assert knock(house, door, who, house.incidents["city"], verb).status_code == 405


def test_the_queue_holds_ones_own_and_nothing_else(house: House) -> None:
    for name, actor in house.actors.items():
        answer = house.client().get("/api/v1/incidents?status=open&limit=200", headers=house.headers(name))
        if answer.status_code != 200:
            continue
        ids = {item["id"] for item in answer.get_json()["items"] if item["triaged"]}
        slug = next(slug for slug, key in house.cast.organisations.items() if key == actor.organisation_id)
        given = {house.granted["incident"]} if slug == GRANTED_TO and actor.role in ("operator", "supervisor") else set()
        assert ids == house.every_incident[slug] | given and house.incidents[slug] in ids, name
        untriaged = {item["id"] for item in answer.get_json()["items"] if not item["triaged"]}
        assert (house.reports["nobody"] in untriaged) == actor.duty_desk


def test_staff_of_a_venue_see_their_own_reports_only(house: House) -> None:
    own = house.client().get("/venue/", headers=house.headers("gil")).get_data(as_text=True)
    other = house.client().get("/venue/", headers=house.headers("hana")).get_data(as_text=True)
    assert "A staff report" in own and "A staff report" not in other


@pytest.mark.parametrize(
    "rule", [rule for (rule, method), row in ROWS.items() if method == "GET" and row.targets not in (None, OWN_RECEIPT)]
)
def test_absent_and_not_yours_are_the_same_answer(house: House, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """S02: byte for byte, headers included; pages show the time, so it stands still."""
    now = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    monkeypatch.setitem(house.app.extensions, "reporting", replace(house.app.extensions["reporting"], clock=lambda: now))
    targets = ROWS[rule, "GET"].targets
    access = access_of(house.app, next(end for known, verb, end in routes(house.app) if (known, verb) == (rule, "GET")))
    assert targets is not None and access is not None and access.action is not None
    for who, actor in house.actors.items():
        answers = set()
        for key, resource in targets(house).values():
            if decide(actor, access.action, resource).reason == "reach":
                answer = knock(house, (rule, "GET"), who, key)
                answers.add((answer.status_code, answer.data, tuple(sorted(answer.headers))))
        assert len(answers) <= 1, who
        assert all(status == 404 for status, _body, _headers in answers)


def test_a_partner_reads_over_the_interface_and_opens_no_page_of_the_console(house: House) -> None:
    own = house.incidents[PEOPLE["jun"][1] or ""]
    assert knock(house, (INCIDENT, "GET"), "jun", own).status_code == 200
    for page in [rule for rule, method in ROWS if rule.startswith("/control/") and "sign-" not in rule and method == "GET"]:
        assert knock(house, (page, "GET"), "jun", own).status_code == 403, page


@pytest.mark.parametrize("path", ["acknowledge", "take", "note", "priority", "close"])
def test_a_step_on_what_is_not_yours_looks_like_a_step_on_nothing(house: House, path: str) -> None:
    door = (f"{INCIDENT}/{path}", "POST")
    absent = house.incident_targets()["absent"][0]
    for who, slug in (("aino", "mall"), ("carl", "city"), ("dora", "city")):
        answers = [knock(house, door, who, key) for key in (absent, house.incidents[slug])]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[0].data == answers[1].data
        assert sorted(answers[0].headers) == sorted(answers[1].headers)
