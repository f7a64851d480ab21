"""A request as the application reads it (PEP 3333), made from what the server's event loop says (ASGI)."""

import sys
from collections.abc import MutableMapping
from functools import lru_cache
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes

IGNORED: Final = frozenset((b"content-length", b"transfer-encoding", b"expect", b"connection"))
"""About the transport, which is over when the environ is made."""
BARE: Final = {b"content-type": "CONTENT_TYPE"}
ALWAYS: Final[dict[str, Any]] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def environ_of(scope: MutableMapping[str, Any], body: bytes, length: int) -> dict[str, Any]:
    """The environ of a request whose body is here; `length` is larger than the body where that was too long to be kept."""
    path: bytes = scope["raw_path"]
    server, client = scope["server"], scope["client"]
    environ = ALWAYS | {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/1.0" if scope["http_version"] in ("1", "1.0") else "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": client[0] if client else "",
        "REMOTE_PORT": str(client[1]) if client else "",
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
    }
    if length:
        environ["CONTENT_LENGTH"] = str(length)
    _put_headers(environ, scope["headers"])
    return environ


def _put_headers(environ: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
    for name, value in headers:
        key = variable(name)
        if not key:
            continue
        text = value.decode("latin-1")
        if key in environ:
            text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        environ[key] = text


@lru_cache(maxsize=512)
def variable(name: bytes) -> str:
    """The variable of a header; empty for one that is left out.

    A name with an underscore is left out: as a variable it could not be told from its twin with a hyphen, and
    `X_Forwarded_For` would pass for what only the proxy may say.
    """
    if b"_" in name or name in IGNORED:
        return ""
    return BARE.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
