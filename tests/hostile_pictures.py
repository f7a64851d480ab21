"""A hundred files that are no picture anybody should take, by a name that says what each tries."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

from PIL import Image

from tests.pictures import broken_png, chunk, drawn, exif, jpeg, png_that_says, saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
PHP = b"<?php system($_GET['c']); ?>"
MANY_PARTS = b"".join(
    b'--x\r\nContent-Disposition: form-data; name="p%d"; filename="../../etc/passwd"\r\n\r\nx\r\n' % n for n in range(10_000)
)


def zipped(name: str = "../../../etc/cron.d/x") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, "x")
    return written.getvalue()


def frames(kind: str) -> bytes:
    """A moving picture."""
    pictures = [drawn(), drawn().rotate(90)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=100)


def disguised() -> Iterator[tuple[str, bytes]]:
    """Other kinds of files, whatever they are called."""
    words = {
        "SVG": SVG,
        "SVG with a declaration": b'<?xml version="1.0"?>' + SVG,
        "SVG, packed": gzip.compress(SVG),
        "HTML": HTML,
        "HTML behind blanks": b" " * 600 + HTML,
        "PHP": PHP,
        "a shell script": b"#!/bin/sh\nid\n",
        "JSON": b'{"a": 1}',
        "XML with an entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "a program": b"\x7fELF" + bytes(99),
        "a Windows program": b"MZ" + bytes(200),
        "a PDF": b"%PDF-1.7\n" + bytes(200),
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
        "an archive": zipped(),
        "a tape": b"../../x" + bytes(505),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(50),
        "nothing": b"",
        "one byte": b"\xff",
        "zeros": bytes(5000),
        "a film": b"\x00\x00\x00\x18ftypmp42" + bytes(99),
        "sound": b"ID3\x04" + bytes(99),
        "WAVE": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30),
        "AVI": b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(30),
        "ImageMagick's own": b"push graphic-context\nviewbox 0 0 1 1\nimage over 0,0 0,0 'https://x'\n",
        "text": b"quokka\n" * 99,
        "a form": b'--x\r\nContent-Disposition: form-data; name="p"; filename="../../x.jpg"\r\n\r\n' + jpeg() + b"\r\n--x--\r\n",
        "a form of ten thousand parts": MANY_PARTS,
        "a picture in base64": b"data:image/jpeg;base64,/9j/4AAQSkZJRg==",
        "UTF-16": HTML.decode().encode("utf-16"),
        "HTML before a JPEG": HTML + jpeg(),
        "SVG before a PNG": SVG + saved(drawn(), "PNG"),
        "a PDF before a JPEG": b"%PDF-1.4\n" + jpeg(),
        "an archive before a JPEG": zipped() + jpeg(),
        "PHP before a PNG": PHP + broken_png(),
    }
    yield from words.items()
    for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "ICNS", "DDS", "SGI", "JPEG2000", "AVIF", "PDF", "EPS"):
        yield f"a {kind}", saved(drawn(64, 64), kind)
    yield "a moving GIF", frames("GIF")
    yield "a GIF that is also a script", b"GIF89a/*" + bytes(20) + b"*/=alert(1)//"
    yield "HEIC", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)
    yield "a HEIC film", b"\x00\x00\x00\x18ftyphevc\x00\x00\x00\x00msf1hevc" + bytes(200)


def large() -> Iterator[tuple[str, bytes]]:
    """More pixels than anybody photographs."""
    for width, height in (
        (9000, 9000),
        (65_535, 65_535),
        (2**31 - 1, 2**31 - 1),
        (40_001, 1),
        (1, 30_001),
        (0, 10),
        (10, 0),
        (0, 0),
    ):
        yield f"a PNG of {width} by {height}", png_that_says(width, height)
    yield "a real PNG of 81 megapixels", saved(Image.new("1", (9000, 9000)), "PNG")
    for width, height in ((9000, 9000), (65_500, 65_500), (0, 16)):
        yield f"a JPEG of {width} by {height}", resized(jpeg(), width, height)
    yield "a WebP of 81 megapixels", vp8x(9000, 9000)
    yield "a lossless WebP of 81 megapixels", vp8l(9000, 9000)


def resized(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header says another size."""
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def vp8x(width: int, height: int, flags: int = 0) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff((b"VP8X", bytes((flags, 0, 0, 0)) + size), (b"VP8 ", bytes(20)))


def vp8l(width: int, height: int) -> bytes:
    return riff((b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(20)))


def moving() -> Iterator[tuple[str, bytes]]:
    """Pictures that move."""
    yield "a moving PNG", frames("PNG")
    yield "a moving WebP", frames("WEBP")
    yield "a WebP that only says it moves", vp8x(10, 10, flags=2)
    yield "a WebP with a frame inside", riff((b"VP8X", bytes(4) + bytes(6)), (b"ANMF", bytes(30)))
    yield "a PNG that says it moves behind text", png_that_says(8, 8, chunk(b"tEXt", b"a\x00b") + chunk(b"acTL", bytes(8)))


def cut() -> Iterator[tuple[str, bytes]]:
    """Uploads that ended early."""
    for kind, data in (("JPEG", jpeg(exif=exif())), ("PNG", saved(drawn(), "PNG")), ("WEBP", saved(drawn(), "WEBP"))):
        for keep in (5, 13, 40, len(data) // 2, len(data) - 1):
            yield f"a {kind} cut at {keep}", data[:keep]


def broken() -> Iterator[tuple[str, bytes]]:
    """Heads that lie."""
    plain = jpeg()
    png = saved(drawn(), "PNG")
    frame = plain.index(b"\xff\xc0")
    yield "a JPEG without a frame", plain[:2] + b"\xff\xd9"
    yield "a JPEG that begins twice", b"\xff\xd8\xff\xd8" + plain[2:]
    yield "a JPEG with two frames of a size", plain[:frame] + plain[frame : frame + 19] + plain[frame:]
    yield "a lossless JPEG", plain.replace(b"\xff\xc0", b"\xff\xc3", 1)
    yield "a JPEG whose segment has no length", b"\xff\xd8\xff\xe0\x00\x00" + plain[6:]
    yield "a JPEG whose segment is endless", b"\xff\xd8\xff\xe0\xff\xff" + plain[6:]
    yield "a JPEG of markers alone", b"\xff\xd8\xff" + b"\xff" * 9999
    yield "a JPEG of segments alone", b"\xff\xd8" + b"\xff\xfe\x00\x02" * 20_000
    yield "a PNG with a wrong sum", png[:29] + b"\x00\x00\x00\x00" + png[33:]
    yield "a PNG without pixels", png[:33] + chunk(b"IEND", b"")
    yield "a PNG whose chunk is endless", png[:33] + b"\xff\xff\xff\xffIDAT" + png[41:]
    yield "a PNG that begins with pixels", png[:8] + png[33:]
    yield "a PNG of chunks alone", png[:33] + chunk(b"tEXt", b"") * 20_000
    yield "a WebP of an unknown kind", riff((b"ABCD", bytes(20)))
    yield "a WebP that says it is longer", b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(50)
    yield "a WebP of chunks alone", riff((b"VP8X", bytes(4) + bytes(6)), *[(b"JUNK", b"")] * 20_000)
    yield "a packed PNG", zlib.compress(png)


@cache
def hostile() -> dict[str, bytes]:
    """All of them, by name."""
    return dict((*disguised(), *large(), *moving(), *cut(), *broken()))
