"""The record of a year: one page, whatever was noted, every figure on it, and nothing that runs."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reporting.adapters.paper.record import Record, record_pdf
from reporting.queries.records import Books, Counts, Held, Trained

AT = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
DAY = date(2026, 10, 13)


def text_of(pdf: bytes, folder: Path) -> str:
    """The text as somebody would select it."""
    (folder / "text.pdf").write_bytes(pdf)
    told = ["pdftotext", "-layout", str(folder / "text.pdf"), "-"]
    return subprocess.run(told, check=True, capture_output=True, text=True).stdout


def a_record(language: str = "en", **changes: Any) -> bytes:
    told: dict[str, Any] = {
        "venue": "The Mall",
        "address": "Kaivokatu 8",
        "year": 2026,
        "today": DAY,
        "trainings": (Trained("1", "Gil", "hot", "", DAY, DAY + timedelta(days=365)),),
        "drills": (Held("1", "evacuation", DAY, 212, 9, "The door to the delivery yard was locked."),),
        "counts": Counts(asked=7, answered=5, half_within_s=48, cases=40, right=37),
        "staff": (),
    }
    books = Books(**{**told, **changes})
    return record_pdf(
        Record(books=books, deployer="City safety", printed_by="Hana", language=language, at=AT, zone="Europe/Helsinki")
    )


def test_every_figure_stands_on_the_page(tmp_path: Path) -> None:
    text = " ".join(text_of(a_record(), tmp_path).split())
    for words in (
        *("The Mall", "Kaivokatu 8", "Training and drills, 2026", "13 Oct 2026", "Evacuation", "212", "delivery yard"),
        *("Gil", "HOT and first look", "13 Oct 2027", "5", "of 7 first looks answered", "within 48 s", "37", "of 40 made cases"),
        "Printed 22 Nov 2026, 11:15 by Hana.",
    ):
        assert words in text, words


@pytest.mark.parametrize("language", ["en", "el", "ar", "de"])
def test_many_entries_stay_on_one_page_and_the_rest_is_counted(language: str, tmp_path: Path) -> None:
    drills = tuple(Held(str(each), "lockdown", DAY - timedelta(days=each), 20, 5, "What went wrong " * 12) for each in range(60))
    trained = tuple(Trained(str(each), f"Person {each}", "other", "A course " * 6, DAY, DAY) for each in range(90))
    pdf = a_record(language, drills=drills, trainings=trained)
    (tmp_path / "r.pdf").write_bytes(pdf)
    told = subprocess.run(["pdfinfo", str(tmp_path / "r.pdf")], check=True, capture_output=True, text=True).stdout
    assert "Pages:           1" in told
    if language == "en":
        assert text_of(pdf, tmp_path).count("more, in the log.") == 2


def test_an_empty_year_says_so(tmp_path: Path) -> None:
    text = text_of(a_record(drills=(), trainings=(), counts=Counts()), tmp_path)
    assert "No drill is noted in this year." in text and "No training is noted that counts in this year." in text


def test_the_same_books_are_the_same_bytes_and_hostile_words_are_words(tmp_path: Path) -> None:
    assert a_record() == a_record()
    hostile = (Held("1", "lockdown", DAY, 1, 1, "<script>alert(1)</script> \u202e (x) \\ %PDF"),)
    pdf = a_record(drills=hostile)
    assert b"/JavaScript" not in pdf and "<script>alert(1)</script>" in text_of(pdf, tmp_path)
