"""What a process remembers of earlier reports is what the tables say, and it forgets in time."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.domain.facts import EarlierReport, Point, ReportFacts, Search
from reporting.extensions import db
from reporting.queries import earlier
from reporting.queries.earlier import MOST_LETTERS, REMEMBERED, _Lists, _Memory
from reporting.queries.facts import candidates
from tests.cast import Cast
from tests.test_line import file, rows, run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_report(age: timedelta = timedelta(), said: str = "A bag") -> EarlierReport:
    return EarlierReport(id=str(uuid.uuid4()), text=said, received_at=NOW - age)


def known(memory: _Memory, *reports: EarlierReport) -> list[bool]:
    found = memory.find([each.id for each in reports])
    return [found.get(each.id) == each for each in reports]


def forget_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "_memory", _Memory())
    monkeypatch.setattr(earlier, "_lists", _Lists())


@pytest.mark.db
def test_what_is_remembered_is_what_the_tables_say(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_all(monkeypatch)
    told = "A black rucksack with wires coming out of it"
    ids = [file(client, description=told, why_unusual="It ticks", language="en") for _ in range(3)]
    run(line_app, *ids)
    (incident,) = [row.id for row in rows(owner, "select distinct incident_id as id from report")]
    remembered = set(earlier._memory._known)
    with line_app.app_context():
        by_heart = earlier.of_incidents(db.session, {incident: 1})
        forget_all(monkeypatch)
        read = earlier.of_incidents(db.session, {incident: 1})
    assert remembered == {str(each) for each in ids}
    assert by_heart == read
    assert next(each.signs for each in read[incident])


@pytest.mark.db
def test_a_report_that_was_deleted_is_nobodys_any_more(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    gone, stays = file(client), file(client)
    run(line_app, gone, stays)
    (incident,) = [row.id for row in rows(owner, "select distinct incident_id as id from report")]
    with owner.begin() as connection:
        connection.execute(text("update report set incident_id = null where id = :id"), {"id": gone})
    with line_app.app_context():
        assert [each.id for each in earlier.of_incidents(db.session, {incident: 1})[incident]] == [str(stays)]


@pytest.mark.db
def test_who_is_on_an_incident_is_asked_again_once_its_row_was_written(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    first, second = file(client), file(client)
    run(line_app, first)
    search = Search(ReportFacts(id=str(second), category="unattended_item", received_at=NOW, point=Point(60.17, 24.94)), 500.0)

    def said() -> list[str]:
        with line_app.app_context():
            ((incident,),) = candidates(db.session, [search], lambda *_: True)
            return [each.id for each in incident.reports]

    assert said() == [str(first)]
    run(line_app, second)
    assert said() == [str(first), str(second)]
    with owner.begin() as connection:
        connection.execute(text("update report set incident_id = null where id = :id"), {"id": first})
    assert said() == [str(first), str(second)], "this test has to go the way of the list"
    with owner.begin() as connection:
        connection.execute(text("update incident set report_count = 1"))
    assert said() == [str(second)]


def test_no_more_lists_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "MOST_LISTS", 2)
    lists, keys = _Lists(), [uuid.uuid4() for _ in range(3)]
    for key in (*keys[:2], keys[0], keys[2]):
        lists.keep({key: [str(key)]}, {key: 7})
    assert lists.find(dict.fromkeys(keys, 7)) == {keys[0]: (str(keys[0]),), keys[2]: (str(keys[2]),)}
    assert lists.find({keys[0]: 8}) == {}


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
