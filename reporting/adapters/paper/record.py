"""The record of a year on one page of A4: drills, first looks, training, made cases. What does not fit is counted, not cut off
in silence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from reporting.adapters.paper.sheet import INK, PAPER, QUIET, TEAL, Sheet
from reporting.adapters.paper.words import Forms, Words, forms_in, is_right_to_left, words_in
from reporting.domain.exercise import DRILLS, TRAININGS

MARGIN: Final = 16.0
ROOM_FOR_DRILLS: Final = 96.0
"""Millimetres that the table of drills may take; the rest is the table of training's."""
FOOT: Final = 16.0
LONGEST: Final = 160
"""Characters of what went wrong; the whole of it stands in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The books of a year, as the queries give them, and who printed them when."""

    books: Any
    deployer: str
    printed_by: str
    language: str
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, where it begins and how wide it is, in millimetres from the start of the text."""

    head: str
    start: float
    width: float


class _Page:
    """The page while it is filled from above; mirrored where the language is written from right to left."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.words: Words = words_in(record.language)
        self.forms: Forms = forms_in(record.language)
        title = f"{record.books.venue} {record.books.year}"
        self.sheet = Sheet("A4", title, record.language, record.at)
        self.mirrored = is_right_to_left(self.words("Training and drills"))
        self.width = self.sheet.width - 2 * MARGIN
        self.at = 0.0

    def day(self, day: date) -> str:
        """A date as people of this language read it."""
        return format_date(day, "d MMM y", locale=self.record.language)

    def put(self, text: str, start: float, width: float, at: float | None = None, **manner: object) -> float:
        """A block at a distance from the start of the text; returns its height."""
        left = MARGIN + (self.width - start - width if self.mirrored else start)
        side = {"right_to_left": is_right_to_left(text) or self.mirrored, **manner}
        return self.sheet.block(text, (left, self.at if at is None else at), width, **side)

    def heading(self, text: str) -> None:
        """A heading with a line under it."""
        self.at += 5
        self.at += self.put(text, 0, self.width, size=13, bold=True, colour=TEAL)
        self.at += 1
        self.sheet.rule((MARGIN, self.at), self.width, TEAL)
        self.at += 1.5

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], room: float) -> None:
        """Rows until the room is used up; then how many more there are."""
        ends = self.at + room
        self._row(columns, [column.head for column in columns], size=8.5, bold=True, colour=QUIET)
        for number, row in enumerate(rows):
            height = self._height(columns, row)
            if self.at + height + 6 > ends:
                self.at += self.put(self._more(len(rows) - number), 0, self.width, size=9, colour=QUIET) + 1
                return
            self._row(columns, row, size=9.5)
            self.sheet.rule((MARGIN, self.at), self.width, (213, 221, 226))
            self.at += 0.8

    def _more(self, count: int) -> str:
        ngettext = self.forms
        return ngettext("And %(num)s more, in the log.", "And %(num)s more, in the log.", count) % {"num": count}

    def _height(self, columns: Sequence[Column], row: Sequence[str]) -> float:
        pairs = zip(columns, row, strict=True)
        return max(self.sheet.height_of(text or " ", column.width, size=9.5) for column, text in pairs)

    def _row(self, columns: Sequence[Column], row: Sequence[str], **manner: object) -> None:
        pairs = zip(columns, row, strict=True)
        self.at += max(self.put(text or " ", column.start, column.width, self.at, **manner) for column, text in pairs) + 0.8


def record_pdf(record: Record) -> bytes:
    """The page as a file: text selectable, the same bytes for the same books at the same moment."""
    page = _Page(record)
    _head(page)
    _figures(page)
    _drills(page)
    _training(page)
    _foot(page)
    return page.sheet.as_bytes()


def _head(page: _Page) -> None:
    books, _ = page.record.books, page.words
    page.sheet.box((0, 0), (page.sheet.width, 34), TEAL)
    page.at = 7
    title = _("Training and drills, %(year)s") % {"year": books.year}
    page.at += page.put(title, 0, page.width, size=11, colour=PAPER)
    page.at += page.put(books.venue, 0, page.width, size=20, bold=True, colour=PAPER, leading=1.1)
    if books.address:
        page.put(books.address, 0, page.width, size=9.5, colour=PAPER)
    page.at = 37


def _figures(page: _Page) -> None:
    """Four numbers, each with its words below."""
    books, ngettext = page.record.books, page.forms
    counts, drills, trainings = books.counts, len(books.drills), len(books.trainings)
    cases = ngettext("of %(num)s made case right", "of %(num)s made cases right", counts.cases) % {"num": counts.cases}
    figures = (
        (drills, ngettext("drill held", "drills held", drills)),
        (counts.answered, _looked(page)),
        (trainings, ngettext("training that counts", "trainings that count", trainings)),
        (counts.right, cases),
    )
    wide = page.width / len(figures)
    high = 0.0
    for number, (value, words) in enumerate(figures):
        top = page.put(str(value), number * wide, wide - 4, page.at, size=22, bold=True, colour=INK)
        below = page.put(words, number * wide, wide - 4, page.at + top, size=9, colour=QUIET)
        high = max(high, top + below)
    page.at += high


def _looked(page: _Page) -> str:
    """Of how many first looks, and how quickly half of the answers came."""
    counts, ngettext = page.record.books.counts, page.forms
    told = ngettext("of %(num)s first look answered", "of %(num)s first looks answered", counts.asked) % {"num": counts.asked}
    if not counts.answered:
        return told
    within = counts.half_within_s
    quick = ngettext("half of them within %(num)s second", "half of them within %(num)s seconds", within) % {"num": within}
    return f"{told}, {quick}"


def _drills(page: _Page) -> None:
    _ = page.words
    page.heading(_("Drills"))
    columns = (
        Column(_("Day"), 0, 26),
        Column(_("Drill"), 28, 32),
        Column(_("People"), 62, 18),
        Column(_("Minutes"), 82, 18),
        Column(_("What went wrong"), 102, page.width - 102),
    )
    rows = [
        (page.day(each.held_on), _(DRILLS[each.kind]), str(each.people), str(each.minutes), _short(each.went_wrong) or "–")
        for each in page.record.books.drills
    ]
    page.table(columns, rows, ROOM_FOR_DRILLS)
    if not rows:
        page.at += page.put(_("No drill is noted in this year."), 0, page.width, size=9.5, colour=QUIET)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _training(page: _Page) -> None:
    _ = page.words
    page.heading(_("Training"))
    columns = (
        Column(_("Who"), 0, 52),
        Column(_("What"), 54, 66),
        Column(_("Day"), 122, 26),
        Column(_("Counts until"), 150, page.width - 150),
    )
    rows = [
        (each.name, each.title or _(TRAININGS[each.kind]), page.day(each.done_on), page.day(each.valid_until))
        for each in page.record.books.trainings
    ]
    page.table(columns, rows, page.sheet.height - FOOT - page.at - 6)
    if not rows:
        page.at += page.put(_("No training is noted that counts in this year."), 0, page.width, size=9.5, colour=QUIET)


def _foot(page: _Page) -> None:
    """Who printed it and when; that first looks and made cases name nobody."""
    _, record = page.words, page.record
    top = page.sheet.height - FOOT
    page.sheet.rule((MARGIN, top), page.width)
    moment = format_datetime(record.at.astimezone(ZoneInfo(record.zone)), "d MMM y, HH:mm", locale=record.language)
    printed = _("Printed %(moment)s by %(name)s.") % {"moment": moment, "name": record.printed_by}
    nobody = _("First looks and made cases are counted without names.")
    page.put(f"{printed} {nobody} {record.deployer}", 0, page.width, top + 2, size=8.5, colour=QUIET)
