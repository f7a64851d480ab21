"""The line from an accepted report to a routed incident: exactly once, explained, and in order whatever dies."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.queries import facts
from reporting.services import letters, line
from reporting.services.line import claim_new, claim_stale, work_off
from tests.cast import MALL_POINT, NOWHERE_POINT, Cast, a_report, new_key
from worker.grouping import task
from worker.line import run_line

pytestmark = pytest.mark.db


def file(client: FlaskClient, **changes: Any) -> uuid.UUID:
    answer = client.post("/api/v1/reports", json=a_report(**changes), headers=new_key())
    assert answer.status_code == 201, answer.data
    return uuid.UUID(answer.get_json()["id"])


def run(line_app: Flask, *ids: uuid.UUID) -> None:
    with line_app.app_context():
        run_line(jobs.TRIAGE, ids)


def rows(owner: Engine, statement: str, **values: Any) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text(statement), values).all())


def test_a_report_becomes_a_routed_incident_with_its_reasons(client: FlaskClient, cast: Cast, line_app: Flask) -> None:
    run(line_app, file(client, hot={"hidden": "yes", "obvious": "yes", "typical": "no"}))
    items = client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"]
    assert len(items) == 1
    assert items[0]["triaged"] and items[0]["organisation"]["name"] == "City room" and items[0]["desk"] == "Front desk"
    found = client.get(f"/api/v1/incidents/{items[0]['id']}", headers=cast.headers("aino")).get_json()
    assert found["priority"] == 2 and found["reports"][0]["assessment"]["findings"]
    assert "City centre" in found["assignment"]["reason"]
    assert [event["kind"] for event in found["timeline"]] == ["opened", "routed"]


def test_the_reason_of_a_route_differs_between_two_cases(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    run(line_app, file(client), file(client, location=MALL_POINT), file(client, location=NOWHERE_POINT))
    told = rows(
        owner,
        "select o.slug, a.rule, a.reason, a.area from assignment a join organisation o on o.id = a.organisation_id order by slug",
    )
    assert [row.slug for row in told] == ["city", "city", "mall"]
    assert len({row.reason for row in told}) == 3
    assert "The mall" in next(row.reason for row in told if row.slug == "mall")
    assert {row.area for row in told} == {"City centre", "", "The mall"}


def test_two_reports_about_one_bag_are_one_incident(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    run(line_app, file(client))
    run(line_app, file(client, description="Grey holdall left beside the ticket machine"))
    assert rows(owner, "select report_count from incident") == [(2,)]
    assert [row.decision for row in rows(owner, "select decision from joining order by created_at")] == ["open", "join"]


def test_the_reasons_of_a_join_are_sentences_one_after_another(client: FlaskClient, cast: Cast, line_app: Flask) -> None:
    run(line_app, file(client), file(client, description="Grey holdall left beside the ticket machine"))
    (incident,) = client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"]
    found = client.get(f"/api/v1/incidents/{incident['id']}", headers=cast.headers("aino")).get_json()
    reason = next(report["join"]["reason"] for report in found["reports"] if report["join"]["decision"] == "join")
    assert ". " in reason and ".;" not in reason and reason.endswith(".")
    assert any(event["text"] == f"Another report joined: {reason}" for event in found["timeline"])


def test_doing_a_step_twice_changes_nothing(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    report = file(client)
    for _ in range(3):
        run(line_app, report)
    for table in ("incident", "assessment", "joining", "assignment"):
        assert rows(owner, f"select count(*) from {table}") == [(1,)]
    assert rows(owner, "select count(*) from outbox") == [(0,)]


def test_a_step_that_was_cut_off_goes_on_where_it_stood(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    report = file(client)
    with line_app.app_context():
        from worker.triage.task import triage

        assert triage([report]) == [report]
        assert [row.job for row in rows(owner, "select job from outbox")] == [jobs.GROUPING]
        assert run_line(jobs.GROUPING, [report]) == 1
    assert rows(owner, "select count(*) from outbox") == [(0,)]


def test_a_letter_is_rung_for_once_and_taken_up_when_it_is_stale(client: FlaskClient, line_app: Flask, owner: Engine) -> None:
    report = file(client)
    with line_app.app_context():
        from worker.relay import WAITED_LONG

        assert [letter.subject_id for letter in claim_new(10)] == [report]
        assert claim_new(10) == []
        assert claim_stale(WAITED_LONG, 10) == []
        with owner.begin() as connection:
            connection.execute(text("update outbox set dispatched_at = now() - interval '4 seconds'"))
        assert [letter.subject_id for letter in claim_stale(WAITED_LONG, 10)] == [report]
        assert claim_stale(WAITED_LONG, 10) == []


def test_a_poisoned_report_stops_nobody_but_itself(client: FlaskClient, line_app: Flask, owner: Engine) -> None:
    reports = [file(client, description=f"Bag number {n}") for n in range(5)]
    poisoned = reports[2]

    def step(_work: object, ids: Any) -> None:
        if poisoned in ids:
            raise ValueError("no good")

    with line_app.app_context():
        assert set(work_off(jobs.TRIAGE, reports, step)) == set(reports) - {poisoned}
        for _ in range(4):
            work_off(jobs.TRIAGE, [poisoned], step)
        dead = letters.dead_letters()
        assert [letter["report_id"] for letter in dead] == [str(poisoned)]
        assert "ValueError" in dead[0]["error"] and "no good" not in dead[0]["error"]
        assert work_off(jobs.TRIAGE, [poisoned], step) == []
        assert letters.replay(str(poisoned)) == 1
        assert work_off(jobs.TRIAGE, [poisoned], lambda _work, _ids: None) == [poisoned]


def test_the_whole_way_is_one_commit(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    report = file(client)
    run(line_app, report)
    writers = """select xmin::text from assessment union select xmin::text from joining
        union select xmin::text from assignment union select xmin::text from report"""
    assert len(rows(owner, writers)) == 1


def test_what_fails_on_the_way_waits_at_its_own_step_and_stops_nobody(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = [file(client, description=f"Bag number {n}") for n in range(3)]
    real = task.search_for

    def no_place(report: Any) -> Any:
        if report.description == "Bag number 1":
            raise ValueError("no good")
        return real(report)

    monkeypatch.setattr(task, "search_for", no_place)
    run(line_app, *reports)
    assert rows(owner, "select job, subject_id, attempts from outbox") == [(jobs.GROUPING, reports[1], 1)]
    assert rows(owner, "select count(*) from assessment") == [(3,)]
    assert rows(owner, "select count(*) from report where incident_id is not null") == [(2,)]
    monkeypatch.undo()
    with line_app.app_context():
        assert run_line(jobs.GROUPING, [reports[1]]) == 1
    assert rows(owner, "select count(*) from outbox") == [(0,)]


def test_a_joined_incident_in_other_hands_is_routed_a_moment_later(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    """Whoever writes a note holds a share of the incident: its reports are joined meanwhile, and routing comes back to it."""
    run(line_app, file(client))
    copy = file(client, description="Grey holdall left beside the ticket machine")
    with owner.begin() as connection:
        connection.execute(text("select 1 from incident for key share"))
        run(line_app, copy)
    assert rows(owner, "select report_count from incident") == [(2,)]
    assert rows(owner, "select job, dispatched_at from outbox") == [(jobs.ROUTING, None)]
    with line_app.app_context():
        assert run_line(jobs.ROUTING, [copy]) == 1


def test_an_untriaged_report_stands_on_top_of_the_duty_desk(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    run(line_app, file(client))
    waiting = file(client, category="threat", description="A note on the door")
    with owner.begin() as connection:
        connection.execute(text("update report set received_at = received_at - interval '5 seconds'"))
    items = client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"]
    assert [(item["id"] == str(waiting), item["triaged"]) for item in items] == [(True, False), (False, True)]
    detail = client.get(f"/api/v1/incidents/{waiting}", headers=cast.headers("aino"))
    assert detail.status_code == 200 and detail.get_json()["reports"][0]["description"] == "A note on the door"
    for name in ("carl", "dora"):
        assert client.get("/api/v1/incidents", headers=cast.headers(name)).get_json()["items"] == []
        assert client.get(f"/api/v1/incidents/{waiting}", headers=cast.headers(name)).status_code == 404


def test_the_worse_report_raises_an_incident_and_an_operators_word_stands(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    run(line_app, file(client))
    before = rows(owner, "select id, priority, version from incident")[0]
    run(line_app, file(client, hot={"hidden": "yes", "obvious": "yes", "typical": "no"}))
    after = rows(owner, "select priority, version, due_at, report_count from incident")[0]
    assert after.report_count == 2 and after.priority == 2 < before.priority and after.version == before.version + 1
    headers = cast.headers("aino")
    told = {"priority": 4, "reason": "Owner is here", "version": after.version}
    assert client.post(f"/api/v1/incidents/{before.id}/priority", json=told, headers=headers).status_code == 200
    run(
        line_app,
        file(client, hot={"hidden": "yes", "obvious": "yes", "typical": "no"}, description="Same grey holdall, ticket machine"),
    )
    last = rows(owner, "select priority, report_count from incident order by opened_at")[0]
    assert (last.priority, last.report_count) == (4, 3)


def test_four_independent_sources_raise_an_incident_and_it_says_why(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    words = (
        "Grey holdall by the ticket machine",
        "Somebody left a bag at the ticket machine",
        "A bag nobody owns, ticket machine",
        "Holdall alone at machine",
    )
    for number, said in enumerate(words):
        answer = client.post(
            "/api/v1/reports", json=a_report(description=said), headers={**new_key(), "Device-Key": f"phone-{number}"}
        )
        run(line_app, uuid.UUID(answer.get_json()["id"]))
    found = rows(owner, "select report_count, independent_sources, priority from incident")
    assert found == [(4, 4, 2)]
    raised = rows(owner, "select text from timeline_event where kind = 'raised'")
    assert len(raised) == 1 and "4 independent sources" in raised[0].text and "Many devices, one network" in raised[0].text


def test_a_report_never_lands_on_an_incident_that_was_closed_meanwhile(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(line_app, file(client))
    first = rows(owner, "select id from incident")[0].id
    real = facts.candidates

    def closed_in_between(*asked: Any) -> Any:
        found = real(*asked)
        with owner.begin() as connection:
            connection.execute(text("update incident set status = 'closed'"))
        return found

    monkeypatch.setattr(facts, "candidates", closed_in_between)
    run(line_app, file(client, description="Grey holdall left beside the ticket machine"))
    assert len(rows(owner, "select id from incident where id <> :first and status = 'new'", first=first)) == 1


def test_an_incident_in_other_hands_is_routed_a_moment_later(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    report = file(client)
    with line_app.app_context():
        from worker.grouping.task import group
        from worker.routing.task import route
        from worker.triage.task import triage

        triage([report])
        group([report])
        with owner.begin() as connection:
            connection.execute(text("select 1 from incident for update"))
            assert route([report]) == []
        assert rows(owner, "select dispatched_at from outbox where job = 'routing'") == [(None,)]
        assert route([report]) == [report]


def test_a_batch_is_placed_as_if_each_report_had_come_alone(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    worse = {"hidden": "yes", "obvious": "yes", "typical": "no"}
    told = [
        {"description": "A grey holdall by the ticket machine"},
        {"description": "Grey holdall left beside the ticket machine", "hot": worse},
        {"category": "threat", "description": "A note on the door says there will be fire tonight"},
        {"category": "threat", "description": "A note on a door says there will be fire tonight", "location": MALL_POINT},
        {"description": "A grey holdall by the ticket machine", "location": NOWHERE_POINT},
        {"category": "suspicious_behaviour", "description": "Two men try the doors", "location": MALL_POINT},
        {"description": "Holdall, grey, at the ticket machine"},
    ]
    statement = """
        select r.description, j.decision, i.report_count, i.independent_sources, i.priority, i.version, i.hot_obvious,
            (select min(o.description) from report o where o.incident_id = i.id),
            (select count(*) from timeline_event t where t.incident_id = i.id)
        from report r join joining j on j.report_id = r.id join incident i on i.id = r.incident_id
        where r.received_at > :since order by r.received_at
    """
    seen = []
    for together in (True, False):
        with owner.begin() as connection:
            connection.execute(text("update incident set status = 'closed'"))
            since = connection.execute(text("select clock_timestamp()")).scalar()
        ids = [file(client, **report) for report in told]
        for batch in [ids] if together else [[each] for each in ids]:
            run(line_app, *batch)
        seen.append([tuple(row) for row in rows(owner, statement, since=since)])
    assert seen[0] == seen[1]
    assert [row[2] for row in seen[0]] == [3, 3, 2, 2, 1, 1, 3]


def test_who_is_asked_for_one_takes_along_what_waits(client: FlaskClient, line_app: Flask, owner: Engine) -> None:
    reports = [file(client, description=f"Bag number {n}") for n in range(4)]
    begun: list[int] = []
    with line_app.app_context():
        assert work_off(jobs.TRIAGE, reports[:1], lambda _work, ids: begun.append(len(ids))) == reports[:1]
        assert len(claim_new(10)) == 3
        assert work_off(jobs.TRIAGE, reports[3:], lambda _work, ids: begun.append(len(ids))) == reports[1:]
        assert work_off(jobs.TRIAGE, reports[1:2], lambda _work, ids: begun.append(len(ids))) == []
    assert begun == [1, 3]


def test_who_is_behind_takes_more_than_one_ring_names(
    client: FlaskClient, line_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "BATCH", 2)
    monkeypatch.setattr(line, "MOST_AT_ONCE", 5)
    reports = [file(client, description=f"Bag number {n}") for n in range(7)]
    begun: list[int] = []
    with line_app.app_context():
        assert len(claim_new(10)) == 7
        for _ in range(3):
            line.work_through(reports[:2], lambda _work, ids: begun.append(len(ids)))
    assert begun == [5, 2]


def test_the_code_of_a_whole_venue_joins_no_two_different_bags(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    bags = ("Grey holdall on the escalator", "Pink suitcase in the toilet")
    for label, incidents in (("", 2), ("North door", 1)):
        with owner.begin() as connection:
            connection.execute(text("update incident set status = 'closed'"))
            connection.execute(text("update place_code set label = :label"), {"label": label})
        for said in bags:
            run(line_app, file(client, description=said, location=None, venue="K7QD"))
        assert rows(owner, "select count(*) from incident where status = 'new'") == [(incidents,)]
