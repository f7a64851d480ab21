"""Retention keeps the date it tells: what is past it is gone everywhere, and nothing goes before."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as some
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.config import ConfigurationError, Settings, read_settings
from reporting.domain.errors import Refused
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.retention import RETENTION_DAYS, Standing, class_of, deleted_at
from reporting.services.retention import SURVIVORS, expire, keep
from tests.cast import Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def filed(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/reports", json=a_report(**changes), headers=new_key())
    assert answer.status_code == 201
    return answer.get_json()  # type: ignore[no-any-return]


def work_off(line_app: Flask, owner: Engine) -> None:
    """Triage, grouping and routing of everything that was filed, in the order of arrival."""
    with owner.connect() as connection:
        ids = connection.execute(text("select id from report where incident_id is null order by received_at, id")).scalars().all()
    with line_app.app_context():
        for each in ids:
            run_line(jobs.TRIAGE, [each])


def told(client: FlaskClient, report: dict[str, Any]) -> Any:
    return client.post("/api/v1/follow-up", json={"receipt_code": report["receipt_code"]})


def swept(line_app: Flask, now: datetime) -> dict[str, int]:
    with line_app.app_context():
        gone = expire(now)
        return {name: gone[name] for name in ("reports", "incidents", "contacts")}


def incident_of(owner: Engine, report: dict[str, Any]) -> str:
    with owner.connect() as connection:
        return str(connection.execute(text("select incident_id from report where id = :id"), {"id": report["id"]}).scalar())


def close(owner: Engine, report: dict[str, Any], outcome: str) -> None:
    with owner.begin() as connection:
        statement = "update incident set status = 'closed', closed_at = now(), outcome = :outcome where id = :id"
        connection.execute(text(statement), {"outcome": outcome, "id": incident_of(owner, report)})


def places_of(owner: Engine, *ids: str) -> list[str]:
    """table.column of every place in the whole database where one of these ids still stands, but for the audit trail."""
    columns = """select table_name, column_name from information_schema.columns
        where table_schema = 'public' and data_type = 'uuid' and table_name <> 'audit_event'"""
    found = []
    with owner.connect() as connection:
        for table, column in connection.execute(text(columns)).all():
            statement = f"select 1 from {table} where {column} = any(cast(:ids as uuid[])) limit 1"
            if connection.execute(text(statement), {"ids": list(ids)}).scalar():
                found.append(f"{table}.{column}")
    return found


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_closed_report_is_gone_after_the_date_that_was_told_and_not_before(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, outcome: str
) -> None:
    report = filed(client, contact={"email": "maija@example.org"})
    work_off(line_app, owner)
    incident = incident_of(owner, report)
    close(owner, report, outcome)
    last = datetime.fromisoformat(told(client, report).get_json()["deletion_date"] + "T23:59:59+00:00")
    assert swept(line_app, last - timedelta(days=1, seconds=1))["reports"] == 0
    assert told(client, report).status_code == 200
    assert swept(line_app, last) | {"contacts": 0} == {"reports": 1, "incidents": 1, "contacts": 0}
    assert told(client, report).status_code == 404
    assert places_of(owner, report["id"], incident) == []


def test_an_incident_lives_while_one_of_its_reports_does(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    first, second = filed(client), filed(client)
    work_off(line_app, owner)
    assert incident_of(owner, first) == incident_of(owner, second)
    close(owner, first, "nothing_found")
    with owner.begin() as connection:
        connection.execute(text("update report set trust = 'low' where id = :id"), {"id": first["id"]})
    assert swept(line_app, datetime.now(UTC) + timedelta(days=31))["reports"] == 1
    assert told(client, second).status_code == 200
    assert swept(line_app, datetime.now(UTC) + timedelta(days=91)) == {"reports": 1, "incidents": 1, "contacts": 0}


def test_what_a_report_called_its_incident_goes_with_it(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    words = {"description": "A bag with a marmoset on it. More.", "place": "under the marmoset poster"}
    first, second = filed(client, **words), filed(client, description="A bag lies by the stairs", place="by the stairs")
    work_off(line_app, owner)
    assert incident_of(owner, first) == incident_of(owner, second)
    merged = uuid.uuid4()
    with owner.begin() as connection:
        connection.execute(text("update report set withdrawn_at = now() where id = :id"), {"id": first["id"]})
        copied = "insert into incident (id, number, category, priority, status, summary, merged_into_id)"
        copied += " select :id, 'I-COPY', category, priority, 'closed', summary, id from incident"
        connection.execute(text(copied), {"id": merged})
        assert connection.execute(text("select count(*) from incident where summary ~ 'marmoset'")).scalar() == 2
    assert swept(line_app, datetime.now(UTC) + timedelta(days=31))["reports"] == 1
    with owner.connect() as connection:
        named = connection.execute(text("select summary, place from incident where id <> :id"), {"id": merged}).one()
        assert tuple(named) == ("A bag lies by the stairs", "by the stairs")
        everything = connection.execute(text("select count(*) from incident i where row(i.*)::text ~ 'marmoset'")).scalar()
        assert everything == 0


def test_contact_goes_before_the_report(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    report = filed(client, contact={"email": "maija@example.org"})
    work_off(line_app, owner)
    close(owner, report, "nothing_found")
    assert swept(line_app, datetime.now(UTC) + timedelta(days=29))["contacts"] == 0
    assert swept(line_app, datetime.now(UTC) + timedelta(days=31)) == {"reports": 0, "incidents": 0, "contacts": 1}


def test_who_is_kept_longer_stays_and_says_so(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    report = filed(client)
    work_off(line_app, owner)
    close(owner, report, "nothing_found")
    until = datetime.now(UTC) + timedelta(days=400)
    with owner.connect() as connection:
        number = connection.execute(text("select number from incident")).scalar() or ""
    with line_app.app_context():
        with pytest.raises(Refused):
            keep(number, until, " ")
        keep(number, until, "A court asked for it.")
    assert told(client, report).get_json()["deletion_date"] == until.date().isoformat()
    assert swept(line_app, until - timedelta(minutes=1))["reports"] == 0
    assert swept(line_app, until + timedelta(minutes=1))["reports"] == 1


def test_many_are_deleted_in_portions_and_survivors_are_counted(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.services.retention.BATCH", 3)
    for number in range(8):
        filed(client, description=f"Number {number}")
    work_off(line_app, owner)
    assert swept(line_app, datetime.now(UTC) + timedelta(days=366))["reports"] == 8
    with owner.connect() as connection:
        counts = dict(connection.execute(text("select name, value from figure")).all())
        assert connection.execute(text("select count(*) from incident")).scalar() == 0
    assert counts == {SURVIVORS: 0}
    page = client.get("/metrics").text
    assert 'reporting_counted{name="retention_survivors"} 0.0' in page


def test_a_face_can_delete_nothing(client: FlaskClient, cast: Cast, web_app: Flask, owner: Engine, line_app: Flask) -> None:
    filed(client)
    work_off(line_app, owner)
    with web_app.app_context():
        assert expire(datetime.now(UTC) + timedelta(days=900))["reports"] == 0
    with owner.connect() as connection:
        assert connection.execute(text("select count(*) from report")).scalar() == 1


moments = some.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2026, 11, 22), timezones=some.just(UTC))
standings = some.builds(
    Standing,
    received_at=moments,
    trust=some.sampled_from(("normal", "low")),
    lane=some.sampled_from(("queue", "reviewed")),
    priority_overridden=some.booleans(),
    closed_at=some.none() | moments,
    outcome=some.none() | some.sampled_from(sorted(OUTCOMES)),
    kept_until=some.none() | moments,
)


@given(standing=standings)
@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_rule_and_its_sql_agree(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, standing: Standing) -> None:
    ends = deleted_at(standing, RETENTION_DAYS)
    with owner.begin() as connection:
        connection.execute(text("delete from report"))
        connection.execute(text("delete from incident"))
        incident = {
            "id": uuid.uuid4(),
            "number": "26-TEST",
            "lane": standing.lane,
            "over": standing.priority_overridden,
            "status": "closed" if standing.closed_at else "new",
            "closed": standing.closed_at,
            "outcome": standing.outcome,
            "kept": standing.kept_until,
        }
        connection.execute(
            text(
                "insert into incident (id, number, category, priority, lane, priority_overridden, status, closed_at, outcome,"
                " kept_until) values (:id, :number, 'other', 3, :lane, :over, :status, :closed, :outcome, :kept)"
            ),
            incident,
        )
        report = {"id": uuid.uuid4(), "incident": incident["id"], "received": standing.received_at, "trust": standing.trust}
        connection.execute(
            text(
                "insert into report (id, reference, receipt_hash, received_at, category, clock_plausible, trust, incident_id)"
                " values (:id, 'R', '\\x00', :received, 'other', true, :trust, :incident)"
            ),
            report,
        )
    assert swept(line_app, ends)["reports"] == 0
    assert swept(line_app, ends + timedelta(microseconds=1))["reports"] == 1


def test_only_who_somebody_is_goes_soonest_unless_an_operator_judged_it() -> None:
    plain = Standing(received_at=NOW, trust="normal", lane="reviewed")
    assert deleted_at(plain, RETENTION_DAYS) == NOW + timedelta(days=7)
    assert class_of(replace(plain, priority_overridden=True)) == "open"


@pytest.mark.parametrize("wrong", ["open", "open=x", "open=0", "open=-1", "for_ever=9"])
def test_a_wrong_setting_stops_the_start(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="RETENTION_DAYS"):
        read_settings({"RETENTION_DAYS": wrong})


def test_a_setting_changes_one_class_and_leaves_the_others() -> None:
    assert Settings(retention_days="no_action=60").retention == RETENTION_DAYS | {"no_action": 60}
    assert Settings().retention == RETENTION_DAYS
