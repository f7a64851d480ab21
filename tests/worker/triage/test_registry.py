"""The list of rules and the folder of rules are the same, and every cue that a lexicon offers is asked for."""

import re
from pathlib import Path

from worker.triage import rules
from worker.triage.rules import RULES
from worker.triage.surroundings import GRAMMAR
from worker.triage.words import LEXICON_FOLDER, lexicons

FOLDER = Path(rules.__file__).parent


def test_every_file_of_the_folder_gives_a_rule() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert {rule.__module__.rsplit(".", 1)[1] for rule in RULES} == files
    assert len(set(RULES)) == len(RULES)


def test_every_english_concept_is_asked_for_by_a_rule() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.parent.rglob("*.py"))
    asked = set(re.findall(r'"([a-z_]+)"', source))
    offered = set(_concepts()) - GRAMMAR
    assert not offered - asked


def test_every_draft_says_that_it_is_one() -> None:
    for path in LEXICON_FOLDER.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert "status" in text
        if path.stem != "en":
            assert 'status = "draft"' in text


def _concepts() -> list[str]:
    found: list[str] = []
    nodes = [lexicons()["en"].root]
    while nodes:
        node = nodes.pop()
        found += node.concepts
        nodes += node.steps.values()
    return found
