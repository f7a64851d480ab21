"""What a process remembers of earlier reports is what the tables say, and it forgets in time."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.domain.facts import EarlierReport
from reporting.extensions import db
from reporting.queries import earlier
from reporting.queries.earlier import MOST_LETTERS, REMEMBERED, _Memory
from tests.cast import Cast
from tests.test_line import file, rows, run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_report(age: timedelta = timedelta(), said: str = "A bag") -> EarlierReport:
    return EarlierReport(id=str(uuid.uuid4()), text=said, received_at=NOW - age)


def known(memory: _Memory, *reports: EarlierReport) -> list[bool]:
    found = memory.find([uuid.UUID(each.id) for each in reports], NOW)
    return [found.get(uuid.UUID(each.id)) == each for each in reports]


@pytest.mark.db
def test_what_is_remembered_is_what_the_tables_say(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earlier, "_memory", _Memory())
    told = "A black rucksack with wires coming out of it"
    ids = [file(client, description=told, why_unusual="It ticks", language="en") for _ in range(3)]
    run(line_app, *ids)
    (incident,) = [row.id for row in rows(owner, "select distinct incident_id as id from report")]
    remembered = set(earlier._memory._known)
    with line_app.app_context():
        by_heart = earlier.of_incidents(db.session, [incident])
        monkeypatch.setattr(earlier, "_memory", _Memory())
        read = earlier.of_incidents(db.session, [incident])
    assert remembered == set(ids)
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
        assert [each.id for each in earlier.of_incidents(db.session, [incident])[incident]] == [str(stays)]


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
