"""The headers every answer carries: what a page may load, and what others may do with it."""

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

from reporting.adapters.release import release
from reporting.bootstrap import adapters
from reporting.config import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'{connect}; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types default app"
)
FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), interest-cohort=()",
    "X-Frame-Options": "DENY",
}
DOCUMENTS_ALONE: Final = frozenset(
    ("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "X-Frame-Options", "Referrer-Policy")
)
"""Browsers heed these on documents and workers only. On each style and module they are a kilobyte that a phone pays for."""
PARTS: Final = (".css", ".mjs", ".json", ".woff2")
CONSOLE: Final = "/control"
STATIC_SECONDS: Final = 300
RELEASED_SECONDS: Final = 365 * 24 * 3600
"""For a file asked for by the mark of the release that this process serves; by another mark it may be another file."""
SHARED: Final = frozenset((200, 206, 304))
"""Of files: a refusal or a fault is kept by nobody."""


def set_headers(app: Flask) -> None:
    """Puts the headers on every answer of the application."""

    @app.after_request
    def add(response: Response) -> Response:
        there = {name.lower() for name, _value in response.headers}
        known = _headers(adapters().settings, request.path.startswith(CONSOLE))
        spared = DOCUMENTS_ALONE if _is_part() else frozenset()
        response.headers.extend([(name, value) for name, value in known if name.lower() not in there and name not in spared])
        if request.endpoint == "static" and response.status_code in SHARED:
            response.headers["Cache-Control"] = _kept_for((request.view_args or {}).get("mark"))
        return response


def headers_of_answers(settings: Settings) -> tuple[tuple[str, str], ...]:
    """What an answer of the API gets that says nothing of its own."""
    return _headers(settings, console=False)


def _is_part() -> bool:
    """Whether it is a file that is never a document nor a worker by itself."""
    name = (request.view_args or {}).get("filename", "") if request.endpoint == "static" else ""
    return name.endswith(PARTS) and "worker" not in name


def _kept_for(mark: str | None) -> str:
    if mark == release():
        return f"public, max-age={RELEASED_SECONDS}, immutable"
    return f"public, max-age={STATIC_SECONDS}"


@lru_cache(maxsize=8)
def _headers(settings: Settings, console: bool) -> tuple[tuple[str, str], ...]:
    """What an answer gets where it does not say otherwise; put together once, since every answer carries it."""
    secure = urlsplit(settings.public_url).scheme == "https"
    return (
        *FIXED.items(),
        ("Content-Security-Policy", content_policy(settings, CONSOLE if console else "")),
        *([("Strict-Transport-Security", "max-age=63072000; includeSubDomains")] if secure else []),
        ("Cache-Control", "no-store"),
    )


def content_policy(settings: Settings, path: str) -> str:
    """The content policy of a path: only the console may talk to the stream, which may stand at another port."""
    stream = f" {settings.stream_address}" if path.startswith(CONSOLE) else ""
    return POLICY.format(connect=stream)
