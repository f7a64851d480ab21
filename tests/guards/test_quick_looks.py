"""The short lists of the public form are those that triage reads; WRITE_GOLDEN=1 writes them anew."""

import json
import os
from pathlib import Path

import reporting
from worker.triage.quick_looks import quick_lists, write_quick_lists

FOLDER = Path(reporting.__file__).parent / "static" / "looks"


def test_the_lists_of_the_form_are_in_step_with_triage() -> None:
    if os.environ.get("WRITE_GOLDEN"):
        write_quick_lists(FOLDER)
    kept = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
    assert kept == quick_lists()
