"""The poster of a place code: one page that stands alone, to print, with the code as a picture and in letters."""

from html import escape
from typing import Final

import segno

from reporting.services.venues import Place

PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
  @page {{ size: A4; margin: 18mm }}
  body {{ margin: 0 auto; max-inline-size: 174mm; font: 15pt/1.4 system-ui, sans-serif; text-align: center; color: #111 }}
  h1 {{ margin: 0 0 6mm; font-size: 34pt; line-height: 1.15 }}
  svg {{ inline-size: 88mm; block-size: 88mm }}
  .code {{ font: 700 30pt/1.2 ui-monospace, monospace; letter-spacing: .15em; margin: 4mm 0 }}
  .call {{ margin-block-start: 10mm; padding: 5mm; border: 1mm solid #111; font-size: 20pt; font-weight: 700 }}
  p {{ margin: 3mm 0 }}
</style>
<h1>Noticed something unusual?</h1>
<p>Tell {room}. Scan this, or type the address.<br>
No account and no name are needed.<br>
Most of it turns out to be harmless, and it is right to tell.</p>
{picture}
<p>{address}</p>
<p class="code">{code}</p>
<p><b>{venue}</b>{label}</p>
<p class="call">In danger now? Call {emergency}</p>
</html>
"""


def qr_svg(address: str) -> str:
    """An address as a QR code in SVG, readable with a quarter of it worn off."""
    picture: str = segno.make(address, error="q", micro=False).svg_inline(border=4, omitsize=True)
    return picture


def poster(place: Place, origin: str, room: str, emergency: str) -> str:
    """The page as HTML. It asks nothing of any other machine."""
    address = f"{origin}/v/{place.code}"
    return PAGE.format(
        title=escape(f"{place.venue} {place.code}"),
        room=escape(room),
        picture=qr_svg(address),
        address=escape(address.removeprefix("https://").removeprefix("http://")),
        code=escape(place.code),
        venue=escape(place.venue),
        label=escape(f", {place.label}") if place.label else "",
        emergency=escape(emergency),
    )
