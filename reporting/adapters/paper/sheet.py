"""A sheet of paper as PDF: text in every script we write, shaped and selectable, rules, and QR codes as shapes. Measures are in
millimetres, sizes of type in points. The same content gives the same bytes: the time and the file's id come from outside."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import segno
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, TextDirection, WrapMode
from fpdf.errors import FPDFException

FONTS: Final = Path(__file__).parent / "fonts"
SIZES: Final = {"A4": (210.0, 297.0), "A6": (105.0, 148.0)}
Size = Literal["A4", "A6"]
LATIN: Final = "Inter"
ARABIC: Final = "NotoSansArabic"
STYLES: Final = {"": "Regular", "B": "Bold"}
INK: Final = (17, 22, 29)
QUIET: Final = (75, 88, 101)
TEAL: Final = (11, 79, 108)
PAPER: Final = (255, 255, 255)
AMBER: Final = (255, 224, 138)
Colour = tuple[int, int, int]
POINT_MM: Final = 25.4 / 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a block is set: size in points, weight, colour, alignment, distance of lines, direction of writing."""

    size: float = 11
    bold: bool = False
    colour: Colour = INK
    align: str = "start"
    leading: float = 1.3
    right_to_left: bool = False

    @property
    def style(self) -> Literal["", "B"]:
        """As the library calls the weight."""
        return "B" if self.bold else ""

    @property
    def aligned(self) -> Align:
        """Where lines begin follows from the direction."""
        start, end = (Align.R, Align.L) if self.right_to_left else (Align.L, Align.R)
        return {"start": start, "end": end, "center": Align.C}[self.align]


class _Pages(FPDF):
    """fpdf2 with an id of the file that follows from its content alone."""

    mark = ""

    def _default_file_id(self, buffer: bytearray) -> str:
        digest = sha256(self.mark.encode("utf-8")).hexdigest()[:32].upper()
        return f"<{digest}><{digest}>"


class Sheet:
    """Pages of one size. Text is put down in blocks: each says how high it is, so that whoever lays out can try before."""

    def __init__(self, size: Size, title: str, language: str, at: datetime) -> None:
        self.width, self.height = SIZES[size]
        self._pages = pages = _Pages(format=(self.width, self.height), unit="mm")
        pages.mark = f"{title} {language} {at.isoformat()}"
        pages.set_auto_page_break(auto=False)
        pages.set_margin(0)
        pages.c_margin = 0
        pages.set_title(title)
        pages.set_lang(language)
        pages.set_creator("Citizen reporting")
        pages.set_creation_date(at)
        for family in (LATIN, ARABIC):
            for style, name in STYLES.items():
                pages.add_font(family, style, FONTS / f"{family}-{name}.ttf")
        pages.add_page()

    def page(self) -> None:
        """A further page."""
        self._pages.add_page()

    def block(self, text: str, at: tuple[float, float], width: float, **manner: object) -> float:
        """Puts a block of text down with its upper corner at a point; returns its height. See `Manner` for how."""
        return self._write(text, at, width, Manner(**manner))  # type: ignore[arg-type]

    def height_of(self, text: str, width: float, **manner: object) -> float:
        """How high the block would be."""
        return self._write(text, (0, 0), width, Manner(**manner), trying=True)  # type: ignore[arg-type]

    def _write(self, text: str, at: tuple[float, float], width: float, manner: Manner, *, trying: bool = False) -> float:
        pages = self._pages
        rightward = not manner.right_to_left
        family, other = (LATIN, ARABIC) if rightward else (ARABIC, LATIN)
        pages.set_font(family, manner.style, manner.size)
        pages.set_fallback_fonts([other], exact_match=True)
        direction = TextDirection.LTR if rightward else TextDirection.RTL
        pages.set_text_shaping(use_shaping_engine=True, direction=direction)
        pages.set_text_color(*manner.colour)
        pages.set_xy(*at)
        line = manner.size * POINT_MM * manner.leading
        try:
            found = pages.multi_cell(
                width,
                line,
                text,
                align=manner.aligned,
                dry_run=trying,
                output=MethodReturnValue.HEIGHT,
                wrapmode=WrapMode.WORD,
                new_x="LEFT",
                new_y="NEXT",
            )
        except FPDFException:  # one word is wider than the block: it breaks where it must
            found = pages.multi_cell(
                width, line, text, align=manner.aligned, dry_run=trying, output=MethodReturnValue.HEIGHT, wrapmode=WrapMode.CHAR
            )
        return float(found)  # type: ignore[arg-type]

    def box(self, at: tuple[float, float], size: tuple[float, float], fill: Colour, radius: float = 0) -> None:
        """A filled box."""
        self._pages.set_fill_color(*fill)
        self._pages.rect(*at, *size, style="F", round_corners=radius > 0, corner_radius=radius)

    def rule(self, at: tuple[float, float], width: float, colour: Colour = QUIET) -> None:
        """A hairline."""
        self._pages.set_draw_color(*colour)
        self._pages.set_line_width(0.2)
        self._pages.line(at[0], at[1], at[0] + width, at[1])

    def qr(self, address: str, at: tuple[float, float], side: float) -> None:
        """An address as a QR code of this side, with its quiet zone, readable with a quarter of it worn off (level Q). Runs of
        dark modules in a row are one shape, a hair larger than they should be, so that no printer shows seams."""
        rows = [list(row) for row in segno.make(address, error="q", micro=False, boost_error=False).matrix_iter(border=4)]
        module = side / len(rows)
        self._pages.set_fill_color(*PAPER)
        self._pages.rect(*at, side, side, style="F")
        self._pages.set_fill_color(0, 0, 0)
        for number, row in enumerate(rows):
            start = 0
            while start < len(row):
                end = start
                while end < len(row) and row[end]:
                    end += 1
                if end > start:
                    place = at[0] + start * module, at[1] + number * module
                    self._pages.rect(*place, (end - start) * module + 0.02, module + 0.02, style="F")
                start = max(end, start + 1)

    def as_bytes(self) -> bytes:
        """The finished file."""
        return bytes(self._pages.output())
