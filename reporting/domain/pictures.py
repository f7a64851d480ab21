"""Pictures of reports: what is taken, how large, in which states they stand, and what is said of one that is refused."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["jpeg", "png", "webp", "heic"]
State = Literal["waiting", "ready", "refused"]
Variant = Literal["original", "working", "thumbnail", "blurred"]

NUMBERS: Final = (1, 2, 3)
"""A report has at most three pictures, each at its number."""
MOST_BYTES: Final = 25 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
"""Looked at in the header, before anything is decoded."""
MOST_SIDE: Final = 30_000
"""No camera makes a longer side; a strip of one pixel's width costs a decoder as much as a square."""
WORKING_SIDE: Final = 2560
THUMBNAIL_SIDE: Final = 320
BLURRED_SIDE: Final = 16
"""Longest sides in pixels. Of sixteen pixels, drawn large, nobody recognises a person."""
VARIANTS: Final[dict[Variant, int]] = {"working": WORKING_SIDE, "thumbnail": THUMBNAIL_SIDE, "blurred": BLURRED_SIDE}
"""Our own copies of a picture, by the longest side of each."""

MIME: Final[dict[Kind, str]] = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heic": "image/heic"}
NAMES: Final[dict[Kind, str]] = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "heic": "HEIC"}

REASONS: Final = {
    "unreadable": "It could not be read.",
    "too_heavy": "It took too much to open.",
}
"""Why a picture was refused after it had been taken, for who waits for it."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the beginning of a picture says of it. `length`: bytes that belong to the picture itself, without what hangs on."""

    kind: Kind
    width: int
    height: int
    length: int


class NoPicture(Exception):
    """These bytes are no picture that is taken: a code, and a sentence for who sent it.

    `code` is `type` for another kind of file, else what is wrong with a picture of a kind that is taken.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def taken_kinds(heic: bool) -> tuple[Kind, ...]:
    """The kinds of files that are taken here; HEIC only where it is switched on."""
    return ("jpeg", "png", "webp", "heic") if heic else ("jpeg", "png", "webp")


def require_size(width: int, height: int) -> None:
    """Raises NoPicture for more than 40 megapixels, an endless strip, or nothing at all."""
    if width < 1 or height < 1:
        raise NoPicture("dimensions", "The picture has no size.")
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise NoPicture("dimensions", f"The picture has too many pixels: at most {MOST_PIXELS // 1_000_000} megapixels.")
