"""Connections to PostgreSQL: patient with a slow server, not with a silent one, and thrown out when they sleep on locks."""

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from reporting.adapters import connections
from reporting.adapters.connections import KNOCK_SECONDS, PATIENCE_SECONDS, PatientConnection, connect, opens
from reporting.adapters.postgres.launcher import Cluster
from reporting.bootstrap import plain_url

pytestmark = pytest.mark.db


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[PatientConnection]:
    connection = connect(None, None, [plain_url(cluster.superuser_url)], {})
    yield connection
    connection.close()


def test_a_slow_statement_is_waited_for(connection: PatientConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    knocks = []
    monkeypatch.setattr(connections, "opens", lambda host, port: knocks.append(opens(host, port)) or knocks[-1])
    answer = connection.execute("select 'late' from pg_sleep(%s)", (PATIENCE_SECONDS + 0.5,)).fetchone()
    assert answer == ("late",)
    assert knocks == [True]


def test_a_silent_server_is_given_up(connection: PatientConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "opens", lambda _host, _port: False)
    with pytest.raises(psycopg.OperationalError, match="silent"):
        connection.execute("select pg_sleep(10)")
    assert connection.closed


def test_a_server_found_silent_is_left_alone_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REMEMBERED_SECONDS", 0.5)
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(f"{folder}/.s.PGSQL.5432")
        deaf.listen()
        silent = {"host": folder, "port": "5432", "connect_timeout": 2}
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            connect(None, None, [], silent)
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match="a moment ago"):
            connect(None, None, [], silent)
        assert time.monotonic() - began < 0.4
        with pytest.raises(psycopg.OperationalError, match="No such file"):
            connect(None, None, [], {**silent, "host": str(tmp_path)})
        time.sleep(0.5)
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            connect(None, None, [], silent)


def test_a_door_behind_which_nobody_stirs_does_not_open(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as deaf, socket.socket() as deaf_too:
        deaf.bind(f"{folder}/.s.PGSQL.5432")
        deaf.listen()
        deaf_too.bind(("127.0.0.1", 0))
        deaf_too.listen()
        began = time.monotonic()
        assert not opens(folder, 5432)
        assert not opens(*deaf_too.getsockname())
        assert time.monotonic() - began >= 2 * KNOCK_SECONDS
    assert not opens(str(tmp_path), 5432)


def test_who_sleeps_on_its_rows_is_thrown_out(cluster: Cluster) -> None:
    """Behind a pipeline the server would wait for ever."""
    hasty = {"options": "-c idle_in_transaction_session_timeout=300"}
    with connect(None, None, [plain_url(cluster.app_url)], hasty) as connection:
        connection.cursor().executemany("select pg_advisory_xact_lock(%s)", [(1,), (2,)])
        time.sleep(1)
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            connection.execute("select 1")


def test_rows_sent_one_by_one_are_counted_together(connection: PatientConnection) -> None:
    connection.execute("create temporary table bag (colour text)")
    cursor = connection.cursor()
    cursor.executemany("insert into bag values (%s)", [("red",), ("blue",), ("grey",)])
    assert cursor.rowcount == 3
    cursor.executemany("delete from bag where colour = %s", [("red",), ("pink",)])
    assert cursor.rowcount == 1
    cursor.executemany("insert into bag values (%s)", [])
    assert cursor.rowcount == 0


def test_an_interrupted_wait_ends(connection: PatientConnection, cluster: Cluster) -> None:
    """Whoever is thrown out while it waits learns of it at once, not after its patience."""
    pid = connection.info.backend_pid

    def throw_out() -> None:
        time.sleep(0.3)
        with psycopg.connect(plain_url(cluster.superuser_url), autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s)", (pid,))

    thread = threading.Thread(target=throw_out)
    thread.start()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select pg_sleep(10)")
    thread.join()
