"""Smaller answers on the wire: styles, scripts and public pages go out packed, by brotli to whoever accepts it, else by gzip.

Only what holds no secret of a session is compressed (static files, public pages): compressing a secret beside words that
a stranger can choose would leak it by its length (BREACH). Maps are read in ranges and stay as they are.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
from flask import Flask, Response, request

SUFFIXES: Final = frozenset((".css", ".mjs", ".js", ".svg", ".json", ".geojson", ".txt"))
LEAST_BYTES: Final = 1024
PAGE_LEVEL: Final = 5
"""Of a page made for one visitor, by either way; 48 kB cost 1.4 ms. Files are packed once, at the highest level."""
PAGES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda data: brotli.compress(data, quality=PAGE_LEVEL),
    "gzip": lambda data: gzip.compress(data, PAGE_LEVEL, mtime=0),
}
FILES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda data: brotli.compress(data, quality=11),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}
"""name of the coding -> how it packs, the better one first. Brotli saves a phone a sixth."""


def compress_answers(app: Flask) -> None:
    """Compresses static files and the pages of the `citizen` face on their way out."""

    @app.after_request
    def compress(response: Response) -> Response:
        kind = _kind()
        if not kind or response.status_code == 206 or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        coding = next((name for name in PAGES if request.accept_encodings[name] > 0), "")
        if not coding or response.status_code == 304:
            return response
        return _packed_file(app, response, coding) if kind == "file" else _packed_page(response, coding)


def _kind() -> str:
    if request.endpoint == "static":
        name = (request.view_args or {}).get("filename", "")
        return "file" if Path(name).suffix in SUFFIXES and "Range" not in request.headers else ""
    return "page" if request.blueprint == "citizen" else ""


def _packed_file(app: Flask, response: Response, coding: str) -> Response:
    if response.status_code != 200:
        return response
    path = Path(app.static_folder or "", (request.view_args or {})["filename"])
    packed = _packed(str(path), path.stat().st_mtime_ns, coding)
    response.close()
    response.direct_passthrough = False
    response.set_data(packed)
    response.headers["Content-Encoding"] = coding
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _packed_page(response: Response, coding: str) -> Response:
    data = response.get_data()
    if len(data) >= LEAST_BYTES:
        response.set_data(PAGES[coding](data))
        response.headers["Content-Encoding"] = coding
    return response


@lru_cache(maxsize=512)
def _packed(path: str, _changed: int, coding: str) -> bytes:
    """The file packed; read and packed again only after it has changed."""
    return FILES[coding](Path(path).read_bytes())
