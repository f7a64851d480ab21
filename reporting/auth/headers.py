"""The headers every answer carries: what a page may load, and what others may do with it."""

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

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
STATIC_SECONDS: Final = 300
SHARED: Final = frozenset((200, 206, 304))
"""Of files: a refusal or a fault is kept by nobody."""


def set_headers(app: Flask) -> None:
    """Puts the headers on every answer of the application."""

    @app.after_request
    def add(response: Response) -> Response:
        settings = adapters().settings
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_policy(settings, request.path))
        if urlsplit(settings.public_url).scheme == "https":
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint == "static" and response.status_code in SHARED:
            response.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def content_policy(settings: Settings, path: str) -> str:
    """The content policy of a path: only the console may talk to the stream, which may stand at another port."""
    stream = f" {settings.stream_address}" if path.startswith("/control") else ""
    return POLICY.format(connect=stream)
