"""What a process remembers of earlier reports is what the tables say, and it forgets in time."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.domain.facts import EarlierReport, IncidentFacts, Point, ReportFacts, Search
from reporting.extensions import db
from reporting.queries import earlier
from reporting.queries.earlier import MOST_LETTERS, REMEMBERED, _Incidents, _Memory
from reporting.queries.facts import candidates
from tests.cast import Cast
from tests.test_line import file, run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_report(age: timedelta = timedelta(), said: str = "A bag") -> EarlierReport:
    return EarlierReport(id=str(uuid.uuid4()), text=said, received_at=NOW - age)


def an_incident(*reports: EarlierReport) -> IncidentFacts:
    return IncidentFacts(id="1", category="other", opened_at=NOW, last_report_at=NOW, reports=reports)


def known(memory: _Memory, *reports: EarlierReport) -> list[bool]:
    found = memory.find([each.id for each in reports])
    return [found.get(each.id) == each for each in reports]


def forget_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "_memory", _Memory())
    monkeypatch.setattr(earlier, "_incidents", _Incidents())


@pytest.mark.db
def test_what_is_remembered_is_what_the_tables_say(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_all(monkeypatch)
    told = "A black rucksack with wires coming out of it"
    ids = [file(client, description=told, why_unusual="It ticks", language="en") for _ in range(3)]
    run(line_app, *ids)
    keys = [str(each) for each in ids]
    remembered = set(earlier._memory._known)
    with line_app.app_context():
        by_heart = earlier.reports(db.session, keys)
        forget_all(monkeypatch)
        read = earlier.reports(db.session, keys)
    assert remembered == by_heart.keys() == set(keys)
    assert by_heart == read
    assert all(each.signs for each in read.values())


@pytest.mark.db
def test_who_is_on_an_incident_is_asked_again_once_its_row_was_written(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    first, second = file(client), file(client)
    run(line_app, first)
    search = Search(ReportFacts(id=str(second), category="unattended_item", received_at=NOW, point=Point(60.17, 24.94)), 500.0)

    def said() -> list[str]:
        with line_app.app_context():
            ((incident,),) = candidates(db.session, [search])
            return [each.id for each in incident.reports]

    assert said() == [str(first)]
    run(line_app, second)
    assert said() == [str(first), str(second)], "newest last"
    with owner.begin() as connection:
        connection.execute(text("update report set incident_id = null where id = :id"), {"id": first})
    assert said() == [str(first), str(second)], "this test has to go the way of what is known"
    with owner.begin() as connection:
        connection.execute(text("update incident set report_count = 1"))
    assert said() == [str(second)], "who is gone from it is known, and is nobody's on it any more"


def test_no_more_incidents_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "MOST_INCIDENTS", 2)
    incidents, keys = _Incidents(), ["one", "two", "three"]
    for key in (*keys[:2], keys[0], keys[2]):
        incidents.keep({key: an_incident(a_report())}, {key: "7"}, NOW)
    assert incidents.find(dict.fromkeys(keys, "7"), NOW).keys() == {keys[0], keys[2]}
    assert incidents.find({keys[0]: "8"}, NOW) == {}


def test_no_more_is_kept_of_what_their_reports_said_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "MOST_TOLD", 5)
    incidents, keys = _Incidents(), ["one", "two", "three"]

    def keep(key: str, reports: int) -> None:
        incidents.keep({key: an_incident(*(a_report() for _ in range(reports)))}, {key: "7"}, NOW)

    keep("one", 2)
    keep("two", 2)
    keep("one", 3)
    assert incidents.find(dict.fromkeys(keys, "7"), NOW).keys() == {"one", "two"}
    keep("three", 1)
    assert incidents.find(dict.fromkeys(keys, "7"), NOW).keys() == {"one", "three"}
    incidents.forget(NOW + REMEMBERED)
    assert (incidents._known, incidents._told) == ({}, 0)


def test_an_incident_is_kept_no_longer_than_its_oldest_report_may_be() -> None:
    incidents, key = _Incidents(), "one"
    long_ago, too_long = a_report(REMEMBERED), a_report(said="x" * (MOST_LETTERS + 1))
    for reports in ((long_ago, a_report()), (too_long,)):
        incidents.keep({key: an_incident(*reports)}, {key: "7"}, NOW)
        assert incidents._known == {}
    incidents.keep({key: an_incident(a_report(REMEMBERED / 2), a_report())}, {key: "7"}, NOW)
    assert incidents.find({key: "7"}, NOW).keys() == {key}
    later = NOW + REMEMBERED / 2
    assert incidents.find({key: "7"}, later) == {}
    incidents.forget(later)
    assert incidents._known == {}


def test_what_is_older_than_an_hour_is_forgotten() -> None:
    memory, old, young = _Memory(), a_report(REMEMBERED), a_report(REMEMBERED - timedelta(seconds=1))
    memory.keep([old, young], NOW)
    assert known(memory, old, young) == [False, True]
    memory.keep([], NOW + timedelta(seconds=1))
    assert memory._known == {}


def test_what_is_old_is_let_go_where_nothing_more_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "REMEMBERED", timedelta(seconds=0.2))
    memory, now = _Memory(), datetime.now(UTC)
    memory.keep([replace(a_report(), received_at=now), replace(a_report(), received_at=now - timedelta(seconds=0.1))], now)
    assert len(memory._known) == 2
    until = monotonic() + 10
    while memory._known and monotonic() < until:
        sleep(0.02)
    assert memory._known == {}


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "MOST_REMEMBERED", 2)
    memory, reports = _Memory(), [a_report() for _ in range(3)]
    memory.keep([*reports, long := a_report(said="x" * (MOST_LETTERS + 1))], NOW)
    assert known(memory, *reports, long) == [False, True, True, False]
