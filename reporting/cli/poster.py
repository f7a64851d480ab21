"""The QR code of a place alone, as a picture for whoever lays out a poster of their own."""

import segno


def qr_svg(address: str) -> str:
    """An address as a QR code in SVG, readable with a quarter of it worn off."""
    picture: str = segno.make(address, error="q", micro=False).svg_inline(border=4, omitsize=True)
    return picture
