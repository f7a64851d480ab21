"""The guide for phone developers says what the service does: its code runs, its figures and statuses are the real ones."""

import json
import re
from typing import Any

import pytest

from reporting.api.body import LIMIT_BYTES
from reporting.cli.spec import FOLDER
from reporting.domain.privacy import ANSWER_HOURS, IDEMPOTENCY_KEY_DAYS
from reporting.domain.receipts import ALPHABET, VECTORS
from reporting.schemas.fields import TEXT_LIMIT
from reporting.schemas.live import EVENTS
from reporting.schemas.reports import SOURCES
from tests.contract.document import by_id, wrong

GUIDE = (FOLDER / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_its_receipt_code_runs_and_makes_the_vectors() -> None:
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    assert {body: names["check_character"](body) for body in VECTORS} == {body: code[-1] for body, code in VECTORS.items()}
    shown = dict(re.findall(r"\| `([0-9A-Z]{15})` \| `([0-9A-Z-]{19})` \|", GUIDE))
    assert shown == VECTORS
    assert blocks("text")[0].strip() == names["ALPHABET"] == ALPHABET


def test_its_json_is_what_is_sent_and_answered() -> None:
    smallest = json.loads(blocks("http")[0].rpartition("\n\n")[2])
    assert wrong({"$ref": "#/components/schemas/NewReport"}, smallest) == []
    assert wrong({"$ref": "#/components/schemas/ProblemDetails"}, json.loads(blocks("json")[0])) == []


def test_its_table_knows_every_status_of_a_report() -> None:
    table = GUIDE.split("## What to do at each status")[1].split("###")[0]
    shown = {status for row in re.findall(r"^\| (`[0-9`, ]+) \|", table, re.MULTILINE) for status in re.findall("[0-9]{3}", row)}
    assert shown == set(by_id()["fileReport"][2]["responses"])


@pytest.mark.parametrize(
    "words",
    [
        f"hash of it for {IDEMPOTENCY_KEY_DAYS} days",
        f"more than {ANSWER_HOURS} hours later",
        f"more than {LIMIT_BYTES // 1024} kB",
        f"({TEXT_LIMIT:,} characters",
        *(f"`{source}`" for source in SOURCES),
        *(f"`{status}`" for status in ("received", "being_looked_at", "question_for_you", "closed")),
    ],
)
def test_its_figures_and_words_are_the_real_ones(words: str) -> None:
    assert words in GUIDE


def test_it_names_only_what_is_there() -> None:
    for path in re.findall(r"`(?:GET|POST|PUT) (/api[^`? ]*)", GUIDE):
        assert path in {known for known, _method, _operation in by_id().values()}
    for link in re.findall(r"\]\(([^)]+)\)", GUIDE):
        assert (FOLDER / link).exists()
    assert "`reset`" in GUIDE and "reset" in EVENTS
