"""The document on judgement lists every rule as it is: id, weights, what it says, where it comes from, and its languages."""

import pytest

from reporting.domain.signposts import SIGNPOSTS
from tests.guards.tree import ROOT
from worker.triage.entry import SOURCES, Entry
from worker.triage.register import HEADER, languages, register, table, with_table
from worker.triage.rules.danger import KINDS
from worker.triage.rules.harmless import EXPLANATIONS

DOCUMENT = (ROOT / "docs/judgement.md").read_text(encoding="utf-8")
ROWS = {row.split(" | ")[0]: row for row in DOCUMENT.split("\n") if row.startswith("| `")}
WRITE = "run `python -m worker.triage.register docs/judgement.md`"


@pytest.mark.parametrize("entry", register().values(), ids=lambda entry: entry.rule)
def test_every_rule_stands_in_the_document_as_it_is(entry: Entry) -> None:
    row = next(line for line in table().split("\n") if line.startswith(f"| `{entry.rule}` |"))
    assert f"| `{entry.rule}`" in ROWS, WRITE
    told = ROWS[f"| `{entry.rule}`"].rsplit(" | ", 1)
    assert told[0] == row.rsplit(" | ", 1)[0], WRITE


@pytest.mark.parametrize("entry", register().values(), ids=lambda entry: entry.rule)
def test_the_document_promises_no_language_that_has_no_word_for_a_rule(entry: Entry) -> None:
    told = ROWS[f"| `{entry.rule}`"].rsplit(" | ", 1)[1].strip(" |").split()
    found = languages(entry).split()
    assert set(told) <= set(found) or found == ["all"], WRITE


def test_the_document_lists_no_rule_that_is_gone() -> None:
    rules = {f"| `{rule}`" for rule in register()}
    listed = with_table(DOCUMENT).split("\n")
    start = listed.index("| " + " | ".join(HEADER) + " |")
    assert {row.split(" | ")[0] for row in listed[start + 2 :] if row.startswith("| `")} >= rules
    in_section = DOCUMENT.split("### The rules")[1].split("\n## ")[0]
    assert {line.split(" | ")[0] for line in in_section.split("\n") if line.startswith("| `")} == rules, WRITE


def test_every_rule_names_one_of_the_sources() -> None:
    assert {entry.source for entry in register().values()} <= set(SOURCES)


def test_every_signpost_of_a_rule_is_a_card() -> None:
    named = {kind.signpost for kind in KINDS} | {each[3] for each in EXPLANATIONS}
    assert named - {""} <= set(SIGNPOSTS)
