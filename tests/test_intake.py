"""Filing a report: what is accepted, what is refused and how, and that a retry is harmless."""

import json
import threading
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError

from reporting.adapters.postgres.launcher import Cluster
from reporting.bootstrap import plain_url
from reporting.domain.errors import Refused
from reporting.domain.receipts import VECTORS, normalised
from reporting.domain.records import Contact, FiledReport, Filing, NewReport, Sender
from reporting.services.filing import file_reports
from tests.cast import CITY_POINT, Cast, a_report, new_key

pytestmark = pytest.mark.db


def file(client: FlaskClient, body: Any, key: dict[str, str] | None = None, **headers: str) -> Any:
    return client.post("/api/v1/reports", json=body, headers={**(key or new_key()), **headers})


def count(owner: Engine, table: str) -> int:
    with owner.connect() as connection:
        return connection.execute(text(f"select count(*) from {table}")).scalar() or 0


def test_a_report_needs_only_a_category_and_a_place(client: FlaskClient, owner: Engine) -> None:
    answer = file(client, {"category": "other", "place": "by the fountain"})
    assert answer.status_code == 201
    told = answer.get_json()
    assert set(told) == {"id", "reference", "receipt_code", "status", "received_at", "trust", "notices", "links"}
    assert normalised(told["receipt_code"]) == told["receipt_code"]
    assert (told["status"], told["trust"]) == ("received", "normal")
    assert [count(owner, name) for name in ("report", "outbox", "trace", "audit_event", "idempotency")] == [1] * 5


def test_the_receipt_and_the_contact_are_not_stored_in_clear(client: FlaskClient, owner: Engine) -> None:
    told = file(client, a_report(contact={"name": "Maija", "email": "maija@example.org"})).get_json()
    with owner.connect() as connection:
        dump = ""
        for table in ("report", "contact", "idempotency", "outbox", "trace", "audit_event"):
            dump += str(connection.execute(text(f"select row_to_json(t)::text from {table} t")).all())
        raw = connection.execute(text("select sealed from contact")).scalar()
    assert told["receipt_code"] not in dump
    assert told["receipt_code"].replace("-", "") not in dump
    assert "maija" not in dump.lower() and b"maija" not in bytes(raw).lower()


def test_the_same_key_and_body_give_the_same_bytes_and_store_nothing_more(client: FlaskClient, owner: Engine) -> None:
    key, body = new_key(), a_report()
    first = file(client, body, key)
    again = file(client, dict(reversed(body.items())), key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.data == again.data
    assert count(owner, "report") == 1


def test_a_quoted_and_a_bare_key_are_the_same_key(client: FlaskClient) -> None:
    body = a_report()
    assert file(client, body, {"Idempotency-Key": '"abc-1"'}).status_code == 201
    assert file(client, body, {"Idempotency-Key": "abc-1"}).status_code == 200


def test_the_same_key_with_another_body_is_refused(client: FlaskClient, owner: Engine) -> None:
    key = new_key()
    file(client, a_report(), key)
    answer = file(client, a_report(description="Something else"), key)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "Idempotency-Key"
    assert count(owner, "report") == 1


def test_after_a_day_the_answer_is_repeated_without_the_receipt(client: FlaskClient, owner: Engine) -> None:
    key = new_key()
    first = file(client, a_report(), key).get_json()
    with owner.begin() as connection:
        connection.execute(text("update idempotency set answer_sealed = null"))
    again = file(client, a_report(), key)
    assert again.status_code == 200
    assert again.get_json() == {**first, "receipt_code": None}


def test_fifty_at_once_with_one_key_are_one_report(web_app: Flask, client: FlaskClient, owner: Engine) -> None:
    key, body, answers = new_key(), a_report(), []

    def send() -> None:
        answers.append(file(web_app.test_client(), body, key))

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.data for answer in answers}) == 1
    assert count(owner, "report") == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (a_report(category="bomb"), "category"),
        ({"place": "x"}, "category"),
        ({"category": "other"}, "location"),
        (a_report(location={"lat": 90.1, "lon": 0}), "location.lat"),
        (a_report(location={"lat": 0, "lon": -180.5}), "location.lon"),
        (a_report(location={"lat": float("nan"), "lon": 0}), "location.lat"),
        (a_report(location={"lat": float("inf"), "lon": 0}), "location.lat"),
        (a_report(location={"lat": "60", "lon": 0}), "location.lat"),
        (a_report(location={"lat": True, "lon": 0}), "location.lat"),
        (a_report(location={"lat": 60}), "location.lon"),
        (a_report(location={**CITY_POINT, "accuracy_m": -1}), "location.accuracy_m"),
        (a_report(location={**CITY_POINT, "source": "guess"}), "location.source"),
        (a_report(location={**CITY_POINT, "height": 3}), "location.height"),
        (a_report(location=[60, 24]), "location"),
        (a_report(description="a\x00b"), "description"),
        (a_report(description="a\x07b"), "description"),
        (a_report(description="\ud800"), "description"),
        (a_report(description="x" * 4001), "description"),
        (a_report(description=7), "description"),
        (a_report(why_unusual="x" * 4001), "why_unusual"),
        (a_report(hot={"hidden": "maybe"}), "hot.hidden"),
        (a_report(hot="yes"), "hot"),
        (a_report(behaviours=["NOSUCH"]), "behaviours.0"),
        (a_report(behaviours="TESTSEC"), "behaviours"),
        (a_report(happening_now="soon"), "happening_now"),
        (a_report(item_size="huge"), "item_size"),
        (a_report(observed_at="yesterday"), "observed_at"),
        (a_report(about_staff="yes"), "about_staff"),
        (a_report(contact={"mail": "x"}), "contact.mail"),
        (a_report(receipt_code="0123-4567-89AB-CDEF"), "receipt_code"),
        (a_report(expected_pictures=4), "expected_pictures"),
        (a_report(expected_pictures=1.5), "expected_pictures"),
        (a_report(status="closed"), "status"),
        (a_report(id="1"), "id"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_each_wrong_field_is_named(client: FlaskClient, owner: Engine, body: Any, field: str) -> None:
    answer = client.post("/api/v1/reports", data=json.dumps(body), content_type="application/json", headers=new_key())
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in [each["field"] for each in answer.get_json()["errors"]]
    assert count(owner, "report") == 0


def test_all_wrong_fields_are_named_at_once(client: FlaskClient) -> None:
    answer = file(client, a_report(category="x", item_size="y", hot={"typical": "z"}))
    assert {each["field"] for each in answer.get_json()["errors"]} >= {"category", "item_size", "hot.typical"}


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b'{"category":', "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 30000 + b"]" * 30000, "application/json", 400),
        (b'{"a":' * 10000 + b"1" + b"}" * 10000, "application/json", 400),
        (b'{"category": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"[" * 50000 + b"]" * 50000, "application/json", 413),
        (b'{"description":"' + b"x" * 70000 + b'"}', "application/json", 413),
        (b"category=other", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
    ],
)
def test_a_body_that_is_no_report_is_refused_by_its_kind(
    client: FlaskClient, data: bytes, content_type: str, status: int
) -> None:
    answer = client.post("/api/v1/reports", data=data, content_type=content_type, headers=new_key())
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("key", [None, "", '""', "with blank", "ü", "x" * 256])
def test_without_a_usable_key_nothing_is_filed(client: FlaskClient, owner: Engine, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode().decode("latin-1")}
    assert client.post("/api/v1/reports", json=a_report(), headers=headers).status_code == 400
    assert count(owner, "report") == 0


@pytest.mark.parametrize(
    "year", ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59+02:00", "2026-11-22T09:15:00", "0001-01-01T00:00:00+14:00"]
)
def test_no_report_is_lost_to_a_phones_clock(client: FlaskClient, owner: Engine, year: str) -> None:
    assert file(client, a_report(observed_at=year)).status_code == 201
    with owner.connect() as connection:
        row = connection.execute(text("select observed_at, observed_at_sent, clock_plausible from report")).one()
    assert tuple(row) == (None, year, False)


def test_a_phone_may_bring_its_own_receipt(client: FlaskClient) -> None:
    code = VECTORS["0123456789ABCDE"]
    assert file(client, a_report(receipt_code=code.lower())).get_json()["receipt_code"] == code
    answer = file(client, a_report(receipt_code=code))
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "receipt_code")


def test_an_unknown_or_revoked_place_code_is_said_and_accepted(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    answer = file(client, {"category": "other", "venue": "ZZZZ"})
    assert (answer.status_code, answer.get_json()["notices"][0]["code"]) == (201, "unknown")
    with owner.begin() as connection:
        connection.execute(text("update place_code set revoked_at = now()"))
    answer = file(client, {"category": "other", "venue": "k7qd"})
    assert (answer.status_code, answer.get_json()["notices"][0]["code"]) == (201, "revoked")


def test_over_budget_a_report_is_accepted_with_low_trust(client: FlaskClient, owner: Engine) -> None:
    answers = [file(client, a_report(description=f"Number {n}")) for n in range(62)]
    assert {answer.status_code for answer in answers} == {201}
    assert [answer.get_json()["trust"] for answer in answers] == ["normal"] * 60 + ["low"] * 2


def test_a_device_over_its_budget_is_low_trust_whatever_its_network(client: FlaskClient) -> None:
    trust = [file(client, a_report(), **{"Device-Key": "phone-1"}).get_json()["trust"] for _ in range(7)]
    assert trust == ["normal"] * 6 + ["low"]
    assert file(client, a_report(), **{"Device-Key": "phone-2"}).get_json()["trust"] == "normal"


def test_filing_takes_at_most_eight_statements_and_one_commit(
    client: FlaskClient, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[Any] = []
    execute = psycopg.Cursor.execute

    def counted(self: psycopg.Cursor, query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor:
        if threading.current_thread() is threading.main_thread():  # the doorbell rings from its own
            statements.append(query)
        return execute(self, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    answer = file(client, a_report(contact={"email": "a@example.org"}, venue="K7QD"), **{"Device-Key": "phone-1"})
    assert answer.status_code == 201
    assert 0 < len(statements) <= 8, statements
    monkeypatch.undo()
    tables = ("idempotency", "report", "contact", "trace", "outbox", "audit_event")
    with owner.connect() as connection:
        written = [connection.execute(text(f"select xmin::text from {table}")).scalars().all() for table in tables]
    assert all(len(of_table) == 1 for of_table in written), "one row in each table"
    assert len({of_table[0] for of_table in written}) == 1, "all of them written by one transaction, hence one commit"


def test_a_database_that_hung_up_costs_one_answer_and_no_report(client: FlaskClient, cluster: Cluster, owner: Engine) -> None:
    assert file(client, a_report()).status_code == 201
    with psycopg.connect(plain_url(cluster.superuser_url)) as superuser:
        superuser.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reporting-web'")
    key = new_key()
    assert file(client, a_report(), key).status_code == 503
    assert file(client, a_report(), key).status_code == 201
    assert count(owner, "report") == 2


UNSEEN = "\u200b\u2060\ufeff\u200f \u200e"


def test_words_that_show_as_nothing_are_no_place_and_no_description(client: FlaskClient) -> None:
    nowhere = a_report(description=UNSEEN, place=UNSEEN)
    del nowhere["location"]
    answer = client.post("/api/v1/reports", json=nowhere, headers=new_key())
    assert answer.status_code == 422 and "location" in {each["field"] for each in answer.get_json()["errors"]}


def test_what_shows_as_nothing_is_taken_off_both_ends_and_kept_inside(client: FlaskClient, owner: Engine) -> None:
    said = {"description": f"{UNSEEN}a\u200db{UNSEEN}", "why_unusual": UNSEEN}
    assert client.post("/api/v1/reports", json=a_report(**said), headers=new_key()).status_code == 201
    with owner.connect() as connection:
        row = connection.execute(text("select description, why_unusual from report")).one()
    assert tuple(row) == ("a\u200db", "")


def together(web_app: Flask, filings: list[Filing]) -> list[FiledReport | Exception]:
    """What filing makes of reports that arrive in the same moment."""
    with web_app.app_context():
        return list(file_reports(filings))


def a_filing(key: str, **changes: Any) -> Filing:
    new = NewReport(category="other", place="by the fountain", **changes)
    return Filing(new=new, sender=Sender(address="192.0.2.7"), key=key, sent={"category": "other", **changes})


def test_reports_of_one_moment_are_one_transaction(web_app: Flask, client: FlaskClient, owner: Engine) -> None:
    with_contact = a_filing("b", contact=Contact(email="a@example.org"))
    outcomes = together(web_app, [a_filing("a"), replace(with_contact, sent={}), a_filing("c", description="Something")])
    assert [each.replayed for each in outcomes if isinstance(each, FiledReport)] == [False] * 3
    ids = [json.loads(each.body)["id"] for each in outcomes if isinstance(each, FiledReport)]
    tables = {"idempotency": 3, "report": 3, "contact": 1, "trace": 3, "outbox": 3, "audit_event": 3}
    assert {table: count(owner, table) for table in tables} == tables
    with owner.connect() as connection:
        assert connection.execute(text("select count(distinct xmin::text) from report")).scalar() == 1
        said = dict(connection.execute(text("select id::text, description from report")).all())
    assert [said[each] for each in ids] == ["", "", "Something"], "each got the answer to its own report"


def test_a_repeated_key_within_one_moment_is_one_report(web_app: Flask, client: FlaskClient, owner: Engine) -> None:
    first, again, other = together(web_app, [a_filing("a"), a_filing("a"), a_filing("a", description="else")])
    assert isinstance(first, FiledReport) and isinstance(again, FiledReport)
    assert (first.body, sorted((first.replayed, again.replayed))) == (again.body, [False, True])
    assert isinstance(other, Refused) and other.problems[0].code == "reused"
    assert [count(owner, name) for name in ("report", "outbox", "trace", "audit_event", "idempotency")] == [1] * 5


def test_a_report_that_is_refused_spoils_no_other_of_its_moment(web_app: Flask, client: FlaskClient, owner: Engine) -> None:
    taken = file(client, a_report()).get_json()["receipt_code"]
    outcomes = together(web_app, [a_filing("a"), a_filing("b", receipt_code=taken), a_filing("c")])
    assert [type(each) for each in outcomes] == [FiledReport, Refused, FiledReport]
    assert count(owner, "report") == 3


def test_what_nobody_foresaw_spoils_no_other_of_its_moment(web_app: Flask, client: FlaskClient, owner: Engine) -> None:
    outcomes = together(web_app, [a_filing("a"), a_filing("b", description="\ud800"), a_filing("c")])
    assert isinstance(outcomes[1], Exception) and not isinstance(outcomes[1], DataError)
    assert [isinstance(outcomes[each], FiledReport) for each in (0, 2)] == [True, True]
    assert count(owner, "report") == 2


def test_what_the_database_cannot_bear_spoils_no_other_of_its_moment(web_app: Flask, client: FlaskClient, owner: Engine) -> None:
    outcomes = together(web_app, [a_filing("a"), a_filing("b", description="a\x00b"), a_filing("c")])
    assert isinstance(outcomes[1], DataError)
    assert [isinstance(outcomes[each], FiledReport) for each in (0, 2)] == [True, True]
    assert count(owner, "report") == 2
