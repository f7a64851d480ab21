"""The second fence: with the application's own database role, whatever a query forgot, no foreign row is read or changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import scalar_row

from reporting.adapters.postgres.launcher import Cluster
from reporting.bootstrap import plain_url
from reporting.extensions import db
from tests.access.house import WORDS, House

pytestmark = pytest.mark.db

FENCE = import_module("migrations.versions.0002_row_security")
MIGRATIONS = sorted((Path(__file__).resolve().parents[2] / "migrations" / "versions").glob("0*.py"))
FENCED = sorted(
    {name for each in MIGRATIONS for name in getattr(import_module(f"migrations.versions.{each.stem}"), "POLICIES", {})}
)
"""Tables behind row security: each migration names those it puts there in `POLICIES`."""
HISTORY = (
    *("assessment", "joining", "assignment", "timeline_event", "audit_event"),
    *("move", "not_same", "look", "suggestion", "override", "second_opinion", "message"),
    "venue_procedure",
)
NEVER_DELETED = ("account", "organisation")
DELETED_BY_RETENTION = ("report", "incident")
OPEN = {
    "account": "whoever signs in is looked up by address; holds no report",
    "alembic_version": "the version of the schema",
    "area_version": "one number",
    "city_event": "an event calendar is known to all",
    "desk": "names of desks",
    "figure": "counts, without any word",
    "idempotency": "hashes and sealed answers, found by a hash of the sender's key",
    "jurisdiction": "areas are known to all",
    "organisation": "names are known to all",
    "outbox": "ids of work to do",
    "place_code": "stands on posters",
    "public_holiday": "days of a calendar",
    "pulse": "names of processes",
    "session": "hashes, found by a hash of the cookie",
    "token": "hashes, found by a hash of the token",
    "trace": "hashes of a day; the reporter's own position is not readable at all",
    "venue": "names are known to all",
}
"""Tables without row security, and why nothing in them is anybody's secret."""


@contextmanager
def as_application(cluster: Cluster, **sight: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction of the application's role that says for whom it reads; rolled back at the end."""
    with psycopg.connect(plain_url(cluster.app_url), row_factory=scalar_row) as connection:
        for name, value in sight.items():
            connection.execute("select set_config(%s, %s, true)", (f"reporting.{name}", value))
        yield connection
        connection.rollback()


def readable(connection: psycopg.Connection[Any], table: str) -> str:
    """Every row of the table as text, in the columns that may be read at all."""
    asked = (
        "select column_name from information_schema.column_privileges where table_schema = 'public' and table_name = %s"
        " and privilege_type = 'SELECT' and grantee = current_user"
    )
    columns = [sql.Identifier(name) for name in connection.execute(asked, (table,)).fetchall()]
    if not columns:
        return ""
    query = sql.SQL("select row({})::text from {}").format(sql.SQL(", ").join(columns), sql.Identifier(table))
    return "\n".join(connection.execute(query).fetchall())


def tables(connection: psycopg.Connection[Any]) -> set[str]:
    """Every table there is."""
    return set(connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall())


def test_every_table_is_fenced_or_says_why_not(cluster: Cluster, house: House) -> None:
    with as_application(cluster) as connection:
        found = tables(connection)
        fenced = set(connection.execute("select relname from pg_class where relrowsecurity and relkind = 'r'").fetchall())
    assert found == fenced | set(OPEN) and not fenced & set(OPEN)
    assert fenced == set(FENCED)
    assert found == set(db.metadata.tables) | {"alembic_version"}


def foreign(house: House, slug: str) -> set[str]:
    """Ids and words of the others' reports and incidents. Who was given sight of one, now or once, knows its id; the words are
    for who has it now."""
    others = [other for other in house.incidents if other != slug]
    ids = {house.reports[other] for other in others}.union(*(house.every_incident[other] for other in others))
    secrets = ids | {WORDS[other] for other in others} | ({WORDS["nobody"]} if slug != "city" else set())
    known = {house.granted["incident"]} if slug != "city" else set()
    return secrets - known | ({WORDS["granted"]} if slug == "mall" else set())


@pytest.mark.parametrize("slug", ["city", "mall", "police"])
def test_an_organisations_sight_shows_no_foreign_row(cluster: Cluster, house: House, slug: str) -> None:
    duty = {"duty": "on"} if slug == "city" else {}
    incidents = set().union(*house.every_incident.values())
    with as_application(cluster, organisation=house.owner_of(slug), **duty) as connection:
        for table in FENCED:
            read = readable(connection, table)
            told = incidents if table == "notice" else set()  # that there is an incident, and no word of it
            assert [secret for secret in foreign(house, slug) - told if secret in read] == [], table
            if table in ("report", "incident", "assessment", "joining", "assignment", "timeline_event"):
                assert read, table
        for table in OPEN:
            read = readable(connection, table)
            assert [word for word in WORDS.values() if word in read] == [], table


def test_without_sight_nothing_of_anybody_is_seen(cluster: Cluster, house: House) -> None:
    with as_application(cluster) as connection:
        assert {table: readable(connection, table) for table in FENCED} == dict.fromkeys(FENCED, "")


def test_an_account_sees_what_it_filed_and_a_receipt_its_own_report(cluster: Cluster, house: House) -> None:
    gil = house.cast.people["gil"].account_id
    with as_application(cluster, account=gil) as connection:
        assert connection.execute("select id::text from report").fetchall() == [house.reports["staff"]]
        assert readable(connection, "incident") == ""
    with house.line.app_context():
        mark = house.line.extensions["reporting"].seals.mark("receipt", house.receipts["mall"]).hex()
    with as_application(cluster, receipt=mark) as connection:
        assert connection.execute("select id::text from report").fetchall() == [house.reports["mall"]]
        assert readable(connection, "incident") == readable(connection, "timeline_event") == readable(connection, "joining") == ""


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("deed", ["update {} set id = id", "delete from {}", "truncate {}"])
def test_history_cannot_be_changed(cluster: Cluster, house: House, table: str, deed: str) -> None:
    with as_application(cluster, reach="system") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.SQL(deed).format(sql.Identifier(table)))


@pytest.mark.parametrize("table", NEVER_DELETED)
@pytest.mark.parametrize("deed", ["delete from {}", "truncate {} cascade"])
def test_accounts_and_organisations_cannot_be_deleted(cluster: Cluster, house: House, table: str, deed: str) -> None:
    with as_application(cluster, reach="system") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.SQL(deed).format(sql.Identifier(table)))


@pytest.mark.parametrize("table", DELETED_BY_RETENTION)
def test_only_the_line_s_own_sight_deletes_reports_and_incidents(cluster: Cluster, house: House, table: str) -> None:
    for sight in ({}, {"organisation": house.owner_of("city"), "duty": "on"}):
        with as_application(cluster, **sight) as connection:
            assert connection.execute(f"with gone as (delete from {table} returning 1) select count(*) from gone").fetchone() == 0
    with as_application(cluster, reach="system") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"truncate {table} cascade")


def test_nobody_changes_what_is_not_theirs(cluster: Cluster, house: House) -> None:
    with as_application(cluster, organisation=house.owner_of("mall")) as connection:
        touched = connection.execute("update incident set priority = 4 returning id::text").fetchall()
        assert set(touched) == house.every_incident["mall"]
        own = set(connection.execute("select id::text from report").fetchall())
        moved = set(connection.execute("update report set incident_id = incident_id returning id::text").fetchall())
        assert moved == own and house.reports["city"] not in moved
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update report set description = ''")


def test_a_report_is_moved_within_the_room_only(cluster: Cluster, house: House) -> None:
    with as_application(cluster, organisation=house.owner_of("mall")) as connection:
        ids = (house.incidents["city"], house.reports["mall"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update report set incident_id = %s where id = %s", ids)


@pytest.mark.parametrize(
    "deed",
    [
        "insert into timeline_event (id, incident_id, kind) values (gen_random_uuid(), '{incident}', 'note')",
        "insert into live_event (organisation_id, incident_id, kind) values ('{organisation}', '{incident}', 'changed')",
        "insert into assessment (id, report_id, score, priority, relevant, rule_set, findings)"
        " values (gen_random_uuid(), '{report}', 0, 1, true, '', '[]')",
        "update incident set organisation_id = '{organisation}' where organisation_id = '{own}'",
    ],
)
def test_nobody_writes_into_another_room(cluster: Cluster, house: House, deed: str) -> None:
    ids = {"incident": house.incidents["city"], "report": house.reports["city"], "organisation": house.owner_of("city")}
    own = house.owner_of("mall")
    with as_application(cluster, organisation=own) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(deed.format(**ids, own=own))


def test_the_application_role_is_nobody_special(cluster: Cluster, house: House) -> None:
    with as_application(cluster) as connection:
        asked = (
            "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication from pg_roles where rolname = %s"
        )
        assert connection.execute(asked, (FENCE.ROLE,)).fetchall() == [False]
        assert connection.execute("select current_user").fetchall() == [FENCE.ROLE]
        owned = "select relname from pg_class where pg_get_userbyid(relowner) = current_user"
        owned += " union all select proname from pg_proc where pg_get_userbyid(proowner) = current_user"
        owned += " union all select nspname from pg_namespace where pg_get_userbyid(nspowner) = current_user"
        owned += " union all select datname from pg_database where pg_get_userbyid(datdba) = current_user"
        assert connection.execute(owned).fetchall() == []
        member = "select 1 from pg_auth_members where pg_get_userbyid(member) = current_user"
        assert connection.execute(member).fetchall() == []


@pytest.mark.parametrize(
    "deed",
    [
        "alter table report disable row level security",
        "drop policy report_select on report",
        "create policy mine on report for select using (true)",
        "create table mine (id int)",
        "create function mine() returns int language sql as 'select 1'",
        "set role postgres",
        "set session authorization postgres",
        "select reporter_lat from trace",
        "copy report to program 'cat'",
    ],
)
def test_the_application_role_cannot_take_the_fence_down(cluster: Cluster, house: House, deed: str) -> None:
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)
    with as_application(cluster, reach="system") as connection, pytest.raises(refused):
        connection.execute(deed)
