"""The process that opens one picture: `python -m worker.media.child KIND IN OUT`, where IN and OUT are open file descriptors.

It has no database, no key and no further process, is limited before it reads the first byte, and ends after one picture. Pillow
is told which single decoder to use, and never asked what a file might be. OUT gets a line of JSON with the lengths of the copies
and then the copies; without it there are none.
"""

import io
import json
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, Final

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from reporting.adapters.processes.kernel import end_with_parent
from reporting.domain.pictures import MOST_PIXELS, VARIANTS
from worker.media.cleaning import TooManyPixels, cleaned
from worker.media.limits import TOO_HEAVY, UNREADABLE, confine

Opener = Callable[[Any], Image.Image]
OPENERS: Final[dict[str, Opener]] = {"jpeg": JpegImageFile, "png": PngImageFile, "webp": WebPImageFile}
REFUSALS: Final = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, ArithmeticError, RuntimeError)
"""What decoders raise for bytes that make no picture."""


def main(opener: Opener, source: int, target: int) -> int:
    """0 when the copies are written; UNREADABLE or TOO_HEAVY where there can be none."""
    end_with_parent()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    confine()
    try:
        with os.fdopen(source, "rb") as file:
            copies, taken_at = cleaned(opener(io.BytesIO(file.read())))
    except (MemoryError, TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_HEAVY
    except REFUSALS:
        return UNREADABLE
    told = {"lengths": [len(copies[variant]) for variant in VARIANTS], "taken_at": taken_at}
    with os.fdopen(target, "wb") as out:
        out.write(json.dumps(told).encode() + b"\n")
        for variant in VARIANTS:
            out.write(copies[variant])
    return 0


if __name__ == "__main__":
    sys.exit(main(OPENERS[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3])))
