"""Draws the app icons as PNG, after `reporting/static/icons/mark.svg`: run `python deploy/icons.py` when that changes.

`any` has the mark's round corners; `maskable` fills the square and keeps the drawing within the middle 80 per cent, which is
what phones may cut out; `touch` is for iPhones, which round the corners themselves. Needs Pillow.
"""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

FOLDER: Final = Path(__file__).resolve().parents[1] / "reporting/static/icons"
BAND: Final = "#0B4F6C"
WHITE: Final = "#FFFFFF"
GRID: Final = 32
"""Units of the drawing's side, as in mark.svg."""
FINER: Final = 8
"""Drawn so many times larger and then shrunk, for smooth edges."""
STROKE: Final = 2.2
BUBBLE: Final = (6.5, 9.5, 25.5, 21.0)
TAIL: Final = ((16.0, 21.0), (11.0, 25.5), (11.0, 21.0))


def drawn(size: int, corner: float, scale: float) -> Image.Image:
    """The mark at `size` pixels; `corner` in units, `scale` shrinks the bubble towards the middle."""
    side = size * FINER
    unit = side / GRID
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), corner * unit, fill=BAND)

    def at(x: float, y: float) -> tuple[float, float]:
        return ((x - GRID / 2) * scale + GRID / 2) * unit, ((y - GRID / 2) * scale + GRID / 2) * unit

    half, width = STROKE / 2, STROKE * scale * unit
    west, north, east, south = BUBBLE
    outer = (*at(west - half, north - half), *at(east + half, south + half))
    pen.rounded_rectangle(outer, 2.6 * scale * unit, outline=WHITE, width=round(width))
    inside = (*at(TAIL[2][0] + half, south - half - 0.2), *at(TAIL[0][0] - half, south + half + 0.2))
    pen.rectangle(inside, fill=BAND)
    corners = [at(*point) for point in TAIL]
    pen.line(corners, fill=WHITE, width=round(width), joint="curve")
    for x, y in corners:
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=WHITE)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def save(name: str, picture: Image.Image) -> None:
    """As a palette of 32 colours: the drawing has two, the rest are its edges."""
    picture.quantize(32, method=Image.Quantize.FASTOCTREE).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    for size in (192, 512):
        save(f"any-{size}.png", drawn(size, 7, 1))
        save(f"maskable-{size}.png", drawn(size, 0, 0.85))
    save("touch-180.png", drawn(180, 0, 1))
