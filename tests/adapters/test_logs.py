"""Log lines: only known keys in their known form get through, whoever logs, and however something goes wrong."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reporting
import worker
from reporting.adapters.logs import FORMS, only_known_forms, trace, where

SECRET = "maija@example.org lives in 3 B"
CALLS = [f"log.{level}" for level in ("debug", "info", "warning", "error", "critical", "exception")]


def line(**event: Any) -> dict[str, Any]:
    return dict(only_known_forms(None, "info", event))


def test_words_numbers_and_ids_of_ours_pass() -> None:
    told = {"event": "line.put_back", "job": "triage", "count": 3, "error": "ValueError", "route": "/api/v1/venues/<code>"}
    told |= {"report_id": "00000000-0000-4000-8000-000000000000", "reason": "line/task.py:7", "trace": "a.py:1 < b/c.py:22"}
    assert line(**told) == told


@pytest.mark.parametrize("key", [*FORMS, "password", "email", "exc_info", "stack_info", "body"])
def test_what_a_person_wrote_passes_under_no_key(key: str) -> None:
    for value in (
        SECRET,
        "maija@example.org",
        "+358 40 123",
        "a bag by the door",
        {"a": SECRET},
        [SECRET],
        SECRET.encode(),
        ValueError(SECRET),
    ):
        found = line(**{"event": "x", key: value})
        assert found["withheld"] == 1
        assert "maija" not in str(found) and "bag" not in str(found) and "358" not in str(found)


def test_an_event_that_is_a_sentence_loses_its_words() -> None:
    assert line(event=f"could not find {SECRET}") == {"event": "unnamed", "withheld": 1}


def test_nothing_is_withheld_where_nothing_was_said() -> None:
    assert line(event="x", error=None) == {"event": "x"}


def test_where_and_trace_name_places_and_no_words() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        assert where(error) == ""
        assert trace(error).startswith("adapters/test_logs.py:")


CRASHES = """
import logging, sys, threading, warnings
from reporting.adapters.logs import set_up_logs
set_up_logs("web")
secret = "maija@example.org"
class Box:
    def __del__(self):
        raise ValueError(secret)
del_me = Box()
del del_me
thread = threading.Thread(target=lambda: 1 / 0 if secret is None else (_ for _ in ()).throw(ValueError(secret)))
thread.start(); thread.join()
warnings.warn(secret)
logging.getLogger("library").warning("%s went wrong", secret)
logging.getLogger("library").error(f"{secret} went wrong")
try:
    raise KeyError(secret)
except KeyError:
    logging.getLogger("library").exception(secret)
raise ValueError(secret)
"""


def test_libraries_warnings_and_crashes_say_what_kind_and_where() -> None:
    folder = Path(reporting.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", CRASHES], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 1 and done.stdout == "" and "maija" not in done.stderr
    told = [json.loads(each) for each in done.stderr.splitlines()]
    assert [each["event"] for each in told] == ["process.crashed"] * 2 + ["library"] * 4 + ["process.crashed"]
    assert [each.get("error") for each in told[2:]] == ["UserWarning", None, None, "KeyError", "ValueError"]
    assert all(each["process"] == "web" and "withheld" not in each for each in told)


def test_a_library_cannot_name_itself_after_somebody() -> None:
    assert line(event="library", name=SECRET) == {"event": "library", "withheld": 1}


def calls() -> Iterator[Any]:
    """Every call of a logger in the code."""
    for package in (reporting, worker):
        for path in Path(package.__file__ or "").parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
                    yield pytest.param(node, id=f"{path.name}:{node.lineno}")


@pytest.mark.parametrize("call", list(calls()))
def test_our_own_lines_name_a_constant_event_and_known_keys(call: ast.Call) -> None:
    event = call.args[0]
    assert isinstance(event, ast.Constant) and FORMS["event"].fullmatch(str(event.value))
    assert {keyword.arg for keyword in call.keywords if keyword.arg} <= set(FORMS)
