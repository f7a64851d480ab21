"""The yardstick of the web: the smallest Flask application there is, served exactly as ours is."""

from flask import Flask, Response

from reporting.config import read_settings
from reporting.web.bridge import Bridge


def application() -> Bridge:
    """Answers `hello` where it is asked."""
    app = Flask("hello", static_folder=None)

    @app.get("/health/live")
    def live() -> Response:
        return Response("ok", mimetype="text/plain")

    @app.get("/hello")
    def hello() -> Response:
        return Response("hello", mimetype="text/plain")

    return Bridge(app, read_settings().web_threads)
