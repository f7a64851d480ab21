"""Counting what one request asks of the database, at the driver: every statement of this thread, and the time it took."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask

from reporting.bootstrap import close_idle
from reporting.extensions import db


@dataclass(slots=True)
class Asked:
    """Statements, and the milliseconds until their answers had come."""

    statements: int = 0
    ms: float = 0.0


@contextmanager
def counting() -> Iterator[Asked]:
    """Counts while it lasts; other threads (the doorbell rings from its own) do not count."""
    asked, counted_thread = Asked(), threading.get_ident()
    execute = psycopg.Cursor.execute

    def counted(self: Any, *arguments: Any, **options: Any) -> Any:
        if threading.get_ident() != counted_thread:
            return execute(self, *arguments, **options)
        began = time.perf_counter()
        try:
            return execute(self, *arguments, **options)
        finally:
            asked.statements += 1
            asked.ms += (time.perf_counter() - began) * 1000

    psycopg.Cursor.execute = counted  # type: ignore[method-assign, assignment]
    try:
        yield asked
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def let_go(app: Flask) -> None:
    """Closes what an application made for counting holds open."""
    with app.app_context():
        db.session.remove()
        close_idle()
        app.extensions["reporting"].doorbell.close()
