"""The process in which a plug-in runs: reads reports as lines of JSON, answers each with one line. `python -m` with its name.

It has neither the database nor a secret, and its own standard output is not the line of answers: what a plug-in prints goes
nowhere. A plug-in that raises is answered for, and asked again about the next report.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any, Final, TextIO

GROUP: Final = "reporting.second_opinions"
READY: Final = {"ready": True}


def main(name: str) -> None:
    """Answers until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    (found,) = entry_points(group=GROUP, name=name)
    plug_in = found.load()
    _write(answers, READY)
    for line in sys.stdin:
        _write(answers, _asked(plug_in, json.loads(line)))


def _asked(plug_in: Callable[[dict[str, Any]], Any], report: dict[str, Any]) -> dict[str, Any]:
    """A stranger's code may raise anything at all; that is its answer, and nobody else's trouble."""
    try:
        return {"answer": json.loads(json.dumps(plug_in(report)))}
    except BaseException:
        return {"failed": True}


def _write(answers: TextIO, found: dict[str, Any]) -> None:
    answers.write(json.dumps(found) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
