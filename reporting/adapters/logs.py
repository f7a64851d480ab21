"""Structured logs: one JSON line for each event, of words and numbers of ours and never of what a person wrote.

A line carries the keys of FORMS and nothing else, and each value must have its key's form: a word of code, a number, an id,
a place in the code. A sentence has no form, so a slip leaks nothing; it shows as `withheld`. Of what libraries say, and of
errors that nobody caught, a line tells who, what kind and where, and never the words.
"""

import logging
import re
import sys
import threading
import warnings
from collections.abc import Mapping, MutableMapping
from itertools import islice
from types import TracebackType
from typing import Any, Final

import structlog

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_EVENT: Final = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)*")
_NUMBER: Final = re.compile(r"-?[0-9]{1,19}(\.[0-9]+)?(e-?[0-9]+)?")
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,19}")
_PLACE: Final = re.compile(r"[\w./<>-]+:[0-9]+( < [\w./<>-]+:[0-9]+)*|")
_ROUTE: Final = re.compile(r"(/[A-Za-z0-9_.<>:-]*)*")
_TIME: Final = re.compile(r"[0-9TZ:.+-]{20,40}")

FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "event": _EVENT,
    "level": _WORD,
    "timestamp": _TIME,
    "process": _WORD,
    "name": _WORD,
    "error": _WORD,
    "reason": _PLACE,
    "trace": _PLACE,
    "route": _ROUTE,
    "job": _WORD,
    "count": _NUMBER,
    "withheld": _NUMBER,
    "seconds": _NUMBER,
    "attempts": _NUMBER,
    "exit_code": _NUMBER,
    "outbox_id": _ID,
    "report_id": _ID,
    "incident_id": _ID,
    "account_id": _ID,
    "organisation_id": _ID,
}
"""Key -> the form of its values. A new key is added here, where it is looked at once more."""

NOISY: Final = ("kombu.connection", "celery.utils.functional")
"""Libraries whose warnings are said at every start and mean nothing here."""
FRAMES_TOLD: Final = 6
COMMAND: Final = "command"

log = structlog.get_logger()


def set_up_logs(process: str, level: str = "info") -> None:
    """Sends all that this process says, ours and the libraries', warnings and crashes, as lines to standard error.

    A command's warnings and crashes are left to the person who sits at its terminal.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_process(process),
            only_known_forms,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [Libraries()]
    root.setLevel(logging.WARNING)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
    if process != COMMAND:
        warnings.showwarning = _show_warning
        _tell_crashes()


def only_known_forms(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keeps what has the form of its key and counts what it withheld; nothing is ever shortened or escaped instead."""
    kept = {key: value for key, value in event.items() if _has_form(key, value)}
    withheld = sum(value is not None for key, value in event.items() if key not in kept)
    kept.setdefault("event", "unnamed")
    return {**kept, "withheld": withheld} if withheld else kept


def _has_form(key: str, value: Any) -> bool:
    form = FORMS.get(key)
    return form is not None and isinstance(value, str | int | float) and form.fullmatch(str(value)) is not None


def where(error: BaseException) -> str:
    """File and line of our innermost frame: the place of the fault without a word of what a person wrote."""
    ours = _ours(error)
    return ours[-1] if ours else ""


def trace(error: BaseException) -> str:
    """Where it happened, and our places on the way there, the deepest first."""
    deepest = [place for _name, place in _frames(error.__traceback__)][-1:]
    way = [*deepest, *reversed(_ours(error))]
    return " < ".join(islice(dict.fromkeys(way), FRAMES_TOLD))


def _ours(error: BaseException) -> list[str]:
    return [place for name, place in _frames(error.__traceback__) if "/reporting/" in name or "/worker/" in name]


def _frames(frame: TracebackType | None) -> list[tuple[str, str]]:
    """Whole file name, and folder/file:line, of each frame from the outermost in."""
    found = []
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        found.append((name, f"{'/'.join(name.split('/')[-2:])}:{frame.tb_lineno}"))
        frame = frame.tb_next
    return found


def _with_process(process: str) -> structlog.typing.Processor:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {**event, "process": process}

    return add


class Libraries(logging.Handler):
    """What libraries log: which one, from which line, how bad and what kind of error. Their words may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        told = {"error": type(error).__name__, "trace": trace(error)} if error else {}
        log.log(record.levelno, "library", name=record.name, reason=f"{record.filename}:{record.lineno}", **told)


def _show_warning(  # noqa: PLR0913, PLR0917  Python's own signature
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: str | None = None
) -> None:
    log.warning("library", name="warnings", error=category.__name__, reason=f"{'/'.join(filename.split('/')[-2:])}:{lineno}")


def _tell_crashes() -> None:
    """An error that nobody caught would print its own words; it gets a line instead."""

    def crashed(error: BaseException | None) -> None:
        if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
            log.critical("process.crashed", error=type(error).__name__, reason=where(error), trace=trace(error))

    sys.excepthook = lambda _kind, error, _frame: crashed(error)
    threading.excepthook = lambda told: crashed(told.exc_value)
    sys.unraisablehook = lambda told: crashed(told.exc_value)
