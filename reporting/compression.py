"""Smaller answers on the wire: styles, scripts and public pages go out gzipped to whoever accepts that.

Only what holds no secret of a session is compressed (static files, public pages): compressing a secret beside words that
a stranger can choose would leak it by its length (BREACH). Maps are read in ranges and stay as they are.
"""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, request

SUFFIXES: Final = frozenset((".css", ".mjs", ".js", ".svg", ".json", ".geojson", ".txt"))
LEAST_BYTES: Final = 1024
PAGE_LEVEL: Final = 5
"""Of a page made for one visitor; 30 kB cost 0.4 ms. Files are packed once, at the highest level."""


def compress_answers(app: Flask) -> None:
    """Compresses static files and the pages of the `citizen` face on their way out."""

    @app.after_request
    def compress(response: Response) -> Response:
        kind = _kind()
        if not kind or response.status_code == 206 or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] <= 0 or response.status_code == 304:
            return response
        if kind == "file":
            return _packed_file(app, response)
        return _packed_page(response)


def _kind() -> str:
    if request.endpoint == "static":
        name = (request.view_args or {}).get("filename", "")
        return "file" if Path(name).suffix in SUFFIXES and "Range" not in request.headers else ""
    return "page" if request.blueprint == "citizen" else ""


def _packed_file(app: Flask, response: Response) -> Response:
    if response.status_code != 200:
        return response
    path = Path(app.static_folder or "", (request.view_args or {})["filename"])
    packed = _packed(str(path), path.stat().st_mtime_ns)
    response.close()
    response.direct_passthrough = False
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _packed_page(response: Response) -> Response:
    data = response.get_data()
    if len(data) >= LEAST_BYTES:
        response.set_data(gzip.compress(data, PAGE_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def _packed(path: str, _changed: int) -> bytes:
    """The file gzipped; read and packed again only after it has changed."""
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)
