"""Independent corroboration: copies and one phone are one source, a shared network is not."""

import pytest

from reporting.domain.facts import EarlierReport
from tests.worker.made import report
from worker.grouping.sources import independent

SAID = "A man with a knife stands near the north entrance"
EARLIER = [EarlierReport(device="d1", text=SAID)]


def test_the_first_report_is_a_source() -> None:
    assert independent(report("", device=None), [])


@pytest.mark.parametrize(
    ("text", "device", "expected"),
    [
        ("Somebody holds a blade by the doors", "d2", True),
        ("Somebody holds a blade by the doors", "d1", False),
        (SAID, "d2", False),
        (SAID + " now", "d2", False),
        (SAID.upper() + "!!", "d2", False),
        ("", "d2", True),
        ("", None, False),
        ("Somebody holds a blade by the doors", None, True),
    ],
)
def test_who_is_another_source(text: str, device: str | None, expected: bool) -> None:
    assert independent(report(text, device=device), EARLIER) == expected


def test_five_copies_from_five_phones_are_one_source() -> None:
    seen: list[EarlierReport] = []
    sources = 0
    for number in range(5):
        facts = report(SAID, device=f"d{number}")
        sources += independent(facts, seen)
        seen.append(EarlierReport(device=facts.device, text=facts.text))
    assert sources == 1


def test_different_words_from_different_phones_are_as_many_sources() -> None:
    texts = ["knife at the entrance", "a person threatens people outside", "someone has a blade here", "man attacking near doors"]
    seen: list[EarlierReport] = []
    for number, text in enumerate(texts):
        facts = report(text, device=f"d{number}")
        assert independent(facts, seen)
        seen.append(EarlierReport(device=facts.device, text=text))
