"""The yardstick of intake: plain psycopg writing the same rows to the same tables, one transaction and one commit a report.

It has what the web has: the same number of processes, together as many connections, each with its thread; statements are
prepared; the application's role writes, under its row security. It reads nothing, checks nothing and seals nothing.
"""

import multiprocessing
import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

LEFT_TO_DEFAULTS: Final = {
    "idempotency": (),
    "report": ("incident_id", "withdrawn_at", "exercise"),
    "contact": (),
    "trace": (),
    "outbox": ("id", "created_at", "due_at", "dispatched_at", "attempts", "last_error", "dead_at"),
    "audit_event": ("at", "organisation_id", "detail"),
}
"""table -> columns that intake does not name when it writes."""
KEY_OF_REPORT: Final = {"report": "id", "outbox": "subject_id", "audit_event": "subject_id"}

Rows = dict[str, dict[str, Any]]
"""table -> the one row a report has in it."""


@dataclass(slots=True)
class Written:
    """What one measured time wrote; durations in milliseconds."""

    seconds: float
    durations: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.durations) / self.seconds


def rows_of_reports(owner: "psycopg.Connection[Any]", count: int) -> list[Rows]:
    """The rows of the latest reports as intake wrote them."""
    with owner.cursor(row_factory=dict_row) as cursor:
        ids = cursor.execute("select id from report order by received_at desc limit %s", (count,)).fetchall()
        return [_rows(cursor, each["id"]) for each in ids]


def _rows(cursor: "psycopg.Cursor[dict[str, Any]]", report_id: uuid.UUID) -> Rows:
    found = {}
    for table, left_out in LEFT_TO_DEFAULTS.items():
        key = KEY_OF_REPORT.get(table, "report_id")
        statement = sql.SQL("select * from {} where {} = %s").format(sql.Identifier(table), sql.Identifier(key))
        row = cursor.execute(statement, (report_id,)).fetchone()
        if row:
            found[table] = {name: value for name, value in row.items() if name not in left_out}
    return found


@contextmanager
def writers(conninfo: str, rows: list[Rows], processes: int, connections: int) -> Iterator["Writers"]:
    """Processes with open connections, waiting for the word to write."""
    running = Writers(conninfo, rows, processes, connections)
    try:
        yield running
    finally:
        running.close()


class Writers:
    """The processes of the yardstick."""

    def __init__(self, conninfo: str, rows: list[Rows], processes: int, connections: int) -> None:
        context = multiprocessing.get_context("fork")  # nothing else runs in this process yet, and nothing is read anew
        self._pipes: list[Pipe] = []
        self._processes = []
        for number in range(min(processes, connections)):
            share = connections // processes + (number < connections % processes)
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, conninfo, rows, share), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            pipe.recv()

    def write(self, seconds: float) -> Written:
        """Writes for so long on every connection."""
        for pipe in self._pipes:
            pipe.send(seconds)
        written = Written(seconds)
        for pipe in self._pipes:
            written.durations += pipe.recv()
        return written

    def pids(self) -> list[int]:
        """The writing processes."""
        return [process.pid for process in self._processes if process.pid]

    def close(self) -> None:
        """Ends them."""
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(5)


def _serve(pipe: Pipe, conninfo: str, rows: list[Rows], connections: int) -> None:
    writing = [_Writer(conninfo, rows) for _ in range(connections)]
    pipe.send("ready")
    while (seconds := pipe.recv()) is not None:
        until = time.time() + seconds
        threads = [threading.Thread(target=each.write_until, args=(until,)) for each in writing]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pipe.send([duration for each in writing for duration in each.taken()])


class _Writer:
    def __init__(self, conninfo: str, rows: list[Rows]) -> None:
        self._connection = psycopg.connect(conninfo)
        self._rows = rows
        self._statements = {table: _insert(table, each) for rows_of in rows for table, each in rows_of.items()}
        self._durations: list[float] = []

    def write_until(self, until: float) -> None:
        turn = 0
        while (began := time.time()) < until:
            with self._connection.cursor() as cursor:
                for table, row in _renewed(self._rows[turn % len(self._rows)]):
                    cursor.execute(self._statements[table], row)
            self._connection.commit()
            self._durations.append((time.time() - began) * 1000)
            turn += 1

    def taken(self) -> list[float]:
        durations, self._durations = self._durations, []
        return durations


def _insert(table: str, row: dict[str, Any]) -> str:
    names = list(row)
    return f"insert into {table} ({', '.join(names)}) values ({', '.join(f'%({name})s' for name in names)})"


def _renewed(rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same rows as those of another report: everything that must differ, differs."""
    report_id = uuid.uuid4()
    fresh: dict[str, dict[str, Any]] = {
        "idempotency": {"key_hash": os.urandom(32), "report_id": report_id},
        "report": {"id": report_id, "reference": uuid.uuid4().hex[:9], "receipt_hash": os.urandom(32)},
        "contact": {"report_id": report_id},
        "trace": {"report_id": report_id, "network_hash": os.urandom(32), "device_hash": os.urandom(32)},
        "outbox": {"subject_id": report_id},
        "audit_event": {"id": uuid.uuid4(), "subject_id": report_id},
    }
    for table, row in rows.items():
        yield table, {**row, **fresh[table]}
