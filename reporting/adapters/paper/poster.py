"""The poster of a place code, A4 or A6: where one is, the help point first, then the code, the emergency number at the foot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reporting.adapters.paper.sheet import AMBER, INK, PAPER, QUIET, TEAL, Sheet, Size
from reporting.adapters.paper.words import Words, is_right_to_left, words_in

MOST_LANGUAGES: Final = 3
STEPS: Final = (1.5, 1.4, 1.3, 1.2, 1.1, 1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52)
"""Sizes that are tried, the largest first."""
SMALLEST_QR: Final = {"A4": 62.0, "A6": 31.0}
"""Millimetres. A phone reads a code from about ten times its side away."""
WANTED_QR: Final = {1: 104.0, 2: 84.0, 3: 62.0}
LARGEST_QR: Final = 110.0
MARGIN: Final = 16.0
BAND: Final = 34.0
FOOT: Final = 15.0
"""Millimetres on A4: the band with the place, and each line of the foot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What stands on a poster. `languages` are codes, one to three; `help_point` is a name, empty for any member of staff."""

    venue: str
    label: str
    code: str
    address: str
    emergency: str
    deployer: str
    languages: tuple[str, ...]
    size: Size
    at: datetime
    help_point: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A block of text with its size in points on A4 and the space behind it in millimetres."""

    text: str
    size: float
    bold: bool = False
    quiet: bool = False
    behind: float = 3.0


def poster_pdf(poster: Poster) -> bytes:
    """The poster as a file: one page, text selectable, the same bytes for the same poster."""
    sheet = Sheet(poster.size, f"{poster.venue} {poster.code}", poster.languages[0], poster.at)
    unit = sheet.width / 210
    _band(sheet, poster, unit)
    foot = _foot(sheet, poster, unit)
    top, bottom = (BAND + 8) * unit, sheet.height - foot - 5 * unit
    factor, side = _fit(sheet, poster, unit, bottom - top)
    at = top
    for line in _above(poster):
        at += _put(sheet, line, at, (unit, factor))
    sheet.qr(poster.address, ((sheet.width - side) / 2, at), side)
    at += side + 1 * unit
    for line in _below(poster):
        at += _put(sheet, line, at, (unit, factor))
    return sheet.as_bytes()


def _above(poster: Poster) -> Iterator[Line]:
    """What is read before the code, language by language."""
    last = len(poster.languages) - 1
    for number, code in enumerate(poster.languages):
        _ = words_in(code)
        yield Line(_("Noticed something unusual?"), 32 if not last else 26, bold=True, behind=2)
        yield Line(_help(_, poster.help_point), 17 if not last else 14, bold=True, behind=1.5)
        scan = _("Or scan this code, or type the address below. No account and no name are needed.")
        yield Line(scan, 14 if not last else 12, behind=5 if number < last else 4)


def _help(_: Words, name: str) -> str:
    """The help point comes first: people help sooner than a form."""
    if name:
        return _("First tell the help point: %(name)s.") % {"name": name}
    return _("First tell a member of staff.")


def _below(poster: Poster) -> Iterator[Line]:
    yield Line(poster.code, 34, bold=True, behind=0.5)
    yield Line(poster.address.removeprefix("https://").removeprefix("http://"), 12, quiet=True, behind=4)
    for code in poster.languages:
        _ = words_in(code)
        yield Line(_("Most of it turns out to be harmless. It is right to tell."), 12, quiet=True, behind=1)


def _fit(sheet: Sheet, poster: Poster, unit: float, room: float) -> tuple[float, float]:
    """The largest size of type at which everything fits with a code that can be read, and the side of that code."""
    smallest = SMALLEST_QR[poster.size]
    side = smallest
    for factor in STEPS:
        lines = [*_above(poster), *_below(poster)]
        used = sum(_height(sheet, line, (unit, factor)) for line in lines) + unit
        side = min(room - used, LARGEST_QR * unit)
        if side >= max(smallest, WANTED_QR[len(poster.languages)] * unit):
            return factor, side
    return STEPS[-1], max(side, smallest * 0.8)


def _height(sheet: Sheet, line: Line, scale: tuple[float, float]) -> float:
    unit, factor = scale
    width = sheet.width - 2 * MARGIN * unit
    return sheet.height_of(line.text, width, **_manner(line, scale)) + line.behind * unit * factor


def _put(sheet: Sheet, line: Line, at: float, scale: tuple[float, float]) -> float:
    unit, factor = scale
    width = sheet.width - 2 * MARGIN * unit
    return sheet.block(line.text, (MARGIN * unit, at), width, **_manner(line, scale)) + line.behind * unit * factor


def _manner(line: Line, scale: tuple[float, float]) -> dict[str, object]:
    unit, factor = scale
    return {
        "size": line.size * unit * factor,
        "bold": line.bold,
        "colour": QUIET if line.quiet else INK,
        "align": "center",
        "leading": 1.22,
        "right_to_left": is_right_to_left(line.text),
    }


def _band(sheet: Sheet, poster: Poster, unit: float) -> None:
    """Where one is, in the house's own words."""
    sheet.box((0, 0), (sheet.width, BAND * unit), TEAL)
    width, left = sheet.width - 2 * MARGIN * unit, MARGIN * unit
    lines = [(poster.deployer, 11.0, False), (_place(poster), 21.0, True)]
    shrink = 1.0
    while (used := _used(sheet, lines, width, unit * shrink)) > (BAND - 6) * unit and shrink > 0.5:
        shrink -= 0.06
    at = (BAND * unit - used) / 2
    for text, size, bold in lines:
        manner = {"size": size * unit * shrink, "bold": bold, "colour": PAPER, "align": "center"}
        at += sheet.block(text, (left, at), width, right_to_left=is_right_to_left(text), **manner)


def _used(sheet: Sheet, lines: list[tuple[str, float, bool]], width: float, scale: float) -> float:
    return sum(sheet.height_of(text, width, size=size * scale, bold=bold) for text, size, bold in lines)


def _place(poster: Poster) -> str:
    return ", ".join(part for part in (poster.venue, poster.label) if part)


def _foot(sheet: Sheet, poster: Poster, unit: float) -> float:
    """The emergency number in every language; returns its height."""
    size, line = (20.0, FOOT) if len(poster.languages) == 1 else (16.0, FOOT - 4)
    height = (line * len(poster.languages) + 6) * unit
    sheet.box((0, sheet.height - height), (sheet.width, height), AMBER)
    at = sheet.height - height + 3 * unit
    for code in poster.languages:
        _ = words_in(code)
        words = _("In danger now? Call %(number)s.") % {"number": poster.emergency}
        manner = {"size": size * unit, "bold": True, "align": "center", "right_to_left": is_right_to_left(words)}
        high = sheet.height_of(words, sheet.width - 8 * unit, **manner)
        sheet.block(words, (4 * unit, at + (line * unit - high) / 2), sheet.width - 8 * unit, **manner)
        at += line * unit
    return height
