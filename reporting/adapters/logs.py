"""Structured logs: one JSON line for each event, with ids and words of ours and never what a person wrote.

Only the keys of `ALLOWED` get through. A new key has to be added here, where it is looked at once more.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "process", "pid", "name", "error", "reason",
        "route", "method", "status", "milliseconds", "seconds",
        "job", "jobs", "count", "attempts", "broker", "backlog", "channel",
        "report_id", "incident_id", "account_id", "organisation_id", "outbox_id", "key_id",
        "host", "port", "path", "version", "area_version", "exit_code", "mode",
    }
)  # fmt: skip


NOISY: Final = ("kombu.connection", "celery.utils.functional")
"""Libraries whose warnings are said at every start and mean nothing here."""


def set_up_logs(process: str, level: str = "info") -> None:
    """Sends every log line of this process, ours and the libraries', through one formatter to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_process(process),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Plain(process)]
    root.setLevel(logging.WARNING)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)


def only_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drops every key that is not known to be harmless and says how many were dropped."""
    dropped = [key for key in event if key not in ALLOWED]
    for key in dropped:
        del event[key]
    if dropped:
        event["count"] = event.get("count", len(dropped))
    return event


def _with_process(process: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add


class _Plain(logging.Handler):
    """Library logs: where and what kind, never the message's arguments, which may carry values of a request."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().log(
            record.levelno, str(record.msg)[:200] if not record.args else record.name, name=record.name, error=error
        )
