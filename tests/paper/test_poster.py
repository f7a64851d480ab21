"""Posters as paper: one page of its size, read back by a code reader and as text, in every script, the same bytes again."""

import hashlib
import re
import shutil
import subprocess
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from reporting.adapters.paper.poster import Poster, poster_pdf
from reporting.adapters.paper.sheet import FONTS, Sheet
from reporting.adapters.paper.words import is_right_to_left, words_in, written
from tests.paper.test_record import a_record, text_of

AT = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
ADDRESS = "https://reports.example.org/v/K7QD"
LONG = "Kauppakeskus ja matkakeskus Ääretön, itäinen sisäänkäynti"
SCRIPTS = [("en",), ("el",), ("ar",), ("en", "el", "ar"), ("de", "pl", "ro")]


def a_poster(**changes: Any) -> Poster:
    told: dict[str, Any] = {
        "venue": "The Mall",
        "label": "North door",
        "code": "K7QD",
        "address": ADDRESS,
        "emergency": "112",
        "deployer": "City safety",
        "languages": ("en",),
        "size": "A4",
        "at": AT,
    }
    return Poster(**{**told, **changes})


def page_image(pdf: bytes, folder: Path, dots: int = 100) -> Image.Image:
    """The first page as a printer would lay it on paper."""
    (folder / "sheet.pdf").write_bytes(pdf)
    told = ["pdftoppm", "-r", str(dots), "-png", "-singlefile", str(folder / "sheet.pdf"), str(folder / "sheet")]
    subprocess.run(told, check=True, capture_output=True)
    return Image.open(folder / "sheet.png")


def letters(text: str) -> str:
    """Letters and figures alone, in the order of the alphabet's own forms: readers of PDF differ in the blanks of Arabic."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(each for each in plain if each.isalnum())


def test_the_machine_has_the_reader_of_pdf() -> None:
    assert shutil.which("pdftoppm"), "apt-get install poppler-utils: `make test` does so as root"


@pytest.mark.parametrize("languages", SCRIPTS, ids="-".join)
@pytest.mark.parametrize("size", ["A4", "A6"])
def test_the_code_is_read_from_the_printed_page(size: str, languages: tuple[str, ...], tmp_path: Path) -> None:
    pdf = poster_pdf(a_poster(size=size, languages=languages, venue=LONG, help_point="Infopiste, 1. kerros"))
    (found,) = zxingcpp.read_barcodes(page_image(pdf, tmp_path))
    assert (found.text, found.ec_level, found.valid) == (ADDRESS, "Q", True)


@pytest.mark.parametrize("worn", [0.05, 0.1])
def test_a_worn_code_is_read_all_the_same(worn: float, tmp_path: Path) -> None:
    image = page_image(poster_pdf(a_poster()), tmp_path).convert("RGB")
    (whole,) = zxingcpp.read_barcodes(image)
    corner, across = whole.position.bottom_right, whole.position.top_right.x - whole.position.top_left.x
    side = int(across * worn**0.5)
    image.paste(
        (255, 255, 255),
        (corner.x - side - across // 5, corner.y - side - across // 5, corner.x - across // 5, corner.y - across // 5),
    )
    assert [each.text for each in zxingcpp.read_barcodes(image)] == [ADDRESS]


@pytest.mark.parametrize(("size", "points"), [("A4", (595, 842)), ("A6", (298, 420))])
def test_it_is_one_page_of_its_size(size: str, points: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "p.pdf").write_bytes(poster_pdf(a_poster(size=size, languages=("en", "de", "ar"))))
    told = subprocess.run(["pdfinfo", str(tmp_path / "p.pdf")], check=True, capture_output=True, text=True).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines())
    assert facts["Pages"].strip() == "1" and facts["Title"].strip() == "The Mall K7QD"
    width, height = (round(float(each)) for each in facts["Page size"].split("pts")[0].split("x"))
    assert abs(width - points[0]) <= 1 and abs(height - points[1]) <= 1


def test_every_word_can_be_selected_and_the_help_point_comes_before_the_code(tmp_path: Path) -> None:
    text = text_of(poster_pdf(a_poster(help_point="Information desk")), tmp_path)
    for words in (
        "The Mall, North door",
        "First tell the help point: Information desk.",
        "K7QD",
        "reports.example.org/v/K7QD",
        "Call 112",
    ):
        assert words in " ".join(text.split()), words
    assert text.index("Information desk") < text.index("K7QD")
    assert "First tell a member of staff." in " ".join(text_of(poster_pdf(a_poster()), tmp_path).split())


@pytest.mark.parametrize("code", [each.code for each in written()])
def test_each_language_stands_on_its_poster_in_its_own_letters(code: str, tmp_path: Path) -> None:
    found = letters(text_of(poster_pdf(a_poster(languages=(code,))), tmp_path))
    wanted = letters(words_in(code)("Noticed something unusual?"))
    if is_right_to_left(words_in(code)("Noticed something unusual?")):
        assert sorted(wanted) == sorted(each for each in found if each in wanted)[: len(wanted)] or set(wanted) <= set(found)
    else:
        assert wanted in found


def test_the_same_poster_is_the_same_bytes() -> None:
    first, again, later = (poster_pdf(a_poster(at=at)) for at in (AT, AT, AT.replace(hour=10)))
    assert first == again != later
    assert len(first) < 80_000


def test_hostile_names_are_words_on_paper(tmp_path: Path) -> None:
    hostile = "(Mall) \\ <b>x</b> \u202e %PDF /JS (app.alert(1))"
    pdf = poster_pdf(a_poster(venue=hostile, label="\u0000\n" * 3, help_point="x" * 400))
    assert b"/JavaScript" not in pdf and b"/JS " not in pdf and b"/Launch" not in pdf
    assert re.findall(rb"/OpenAction\s*(\S)", pdf) == [b"["], "it opens at a page, which is no action"
    assert zxingcpp.read_barcodes(page_image(pdf, tmp_path))[0].text == ADDRESS
    assert "<b>x</b>" in text_of(pdf, tmp_path)


def test_a_name_that_no_line_holds_still_fits_the_page(tmp_path: Path) -> None:
    pdf = poster_pdf(a_poster(size="A6", venue="Donaudampfschifffahrt" * 8, languages=("en", "el", "ar")))
    assert zxingcpp.read_barcodes(page_image(pdf, tmp_path, 150))[0].text == ADDRESS


def test_fonts_are_the_ones_that_were_made() -> None:
    lines = [line.split() for line in (FONTS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert {name for _digest, name in lines} == {path.name for path in FONTS.glob("*.ttf")}
    for digest, name in lines:
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("text", ["Ääkköset ß ő ș ț ż Ł", "Ελληνικά, ερώτηση;", "هل لاحظت شيئًا غير عادي؟ 112"])
def test_no_letter_is_missing_from_the_fonts(
    text: str, recwarn: pytest.WarningsRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    sheet = Sheet("A6", "x", "en", AT)
    sheet.block(text, (5, 5), 90, right_to_left=is_right_to_left(text))
    assert sheet.as_bytes() and not recwarn.list and not caplog.records


def test_the_record_and_the_poster_are_made_by_the_same_hand() -> None:
    assert a_record().startswith(b"%PDF-") and poster_pdf(a_poster()).startswith(b"%PDF-")
