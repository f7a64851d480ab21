"""Makes our own copies of a picture: turned upright, in sRGB, without transparency, without a word of metadata.

A copy is drawn from pixels alone: whatever else the file carried has no way into it. Runs only in the confined process of
`worker/media/child.py`, which hands in a picture whose header alone was read.
"""

import io
import struct
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps

from reporting.domain.pictures import MOST_PIXELS, VARIANTS, WORKING_SIDE, Variant

QUALITY: Final[dict[Variant, int]] = {"working": 85, "thumbnail": 80, "blurred": 70}
ORIENTATION: Final = 0x0112
GPS: Final = 0x8825
UPRIGHT: Final[dict[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> how the picture is turned (CIPA DC-008 4.6.4)."""
BROKEN_METADATA: Final = (
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OSError,
    EOFError,
    OverflowError,
    struct.error,
)
"""What reading a hostile EXIF block or colour profile may raise: such a picture counts as upright, unplaced and sRGB."""
SIXTEEN_BITS: Final = 257.0


class TooManyPixels(Exception):
    """More pixels than the header had said."""


def cleaned(image: Image.Image) -> tuple[dict[Variant, bytes], tuple[float, float] | None]:
    """JPEG copies by variant, and where the file says it was taken (WGS-84 degrees). Raises what Pillow raises for what cannot be
    decoded, TooManyPixels for what is larger than its header said."""
    if image.width * image.height > MOST_PIXELS:
        raise TooManyPixels
    image.draft(None, (WORKING_SIDE, WORKING_SIDE))  # a JPEG is decoded at half or less where that is enough
    image.load()  # before anything that forgives: reading metadata would load it too, and take what is broken for empty
    exif = _exif(image)
    profile = image.info.get("icc_profile")
    upright = _upright(_plain(_small(image), profile), exif)
    return {variant: _copy(upright, variant) for variant in VARIANTS}, _taken_at(exif)


def _small(image: Image.Image) -> Image.Image:
    """The picture at its working size at most, as early as can be: everything behind this costs less."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    image.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of sixteen bits as grey of eight."""
    return image.convert("I").point(lambda value: value * (1 / SIXTEEN_BITS)).convert("L")


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """sRGB without transparency: what lets light through is seen on white."""
    if "transparency" in image.info and image.mode in ("L", "RGB"):
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA", "La", "RGBa") else None
    colours = _srgb(image.convert("RGB") if alpha else image, profile)
    ground = Image.new("RGB", colours.size, "white")
    ground.paste(colours, mask=alpha)
    return ground


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
            return turned if turned is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, *BROKEN_METADATA):
            return image.convert("RGB")
    return image.convert("RGB")


def _exif(image: Image.Image) -> Image.Exif | None:
    try:
        return image.getexif()
    except BROKEN_METADATA:
        return None


def _upright(image: Image.Image, exif: Image.Exif | None) -> Image.Image:
    try:
        turn = UPRIGHT.get(int(exif.get(ORIENTATION, 1))) if exif is not None else None
    except BROKEN_METADATA:
        turn = None
    return image.transpose(turn) if turn is not None else image


def _copy(image: Image.Image, variant: Variant) -> bytes:
    """A JPEG of the pixels alone, drawn on a fresh sheet so that nothing of the file comes along."""
    side = VARIANTS[variant]
    shrunk = ImageOps.contain(image, (side, side), Image.Resampling.LANCZOS) if max(image.size) > side else image
    sheet = Image.new("RGB", shrunk.size)
    sheet.paste(shrunk)
    written = io.BytesIO()
    sheet.save(written, "JPEG", quality=QUALITY[variant], optimize=True)
    return written.getvalue()


def _taken_at(exif: Image.Exif | None) -> tuple[float, float] | None:
    """The position of a GPS block, where it is one on earth and not the origin that broken receivers write."""
    try:
        block = (exif or Image.Exif()).get_ifd(GPS)
        lat = _degrees(block[2]) * (-1 if block[1] == "S" else 1)
        lon = _degrees(block[4]) * (-1 if block[3] == "W" else 1)
    except (ZeroDivisionError, AttributeError, *BROKEN_METADATA):
        return None
    on_earth = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0.0, 0.0)
    return (round(lat, 6), round(lon, 6)) if on_earth else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
