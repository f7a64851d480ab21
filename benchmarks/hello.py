"""The yardstick of the web: the smallest Flask application there is, under the same server settings."""

from flask import Flask, Response

from reporting.config import read_settings
from reporting.web.bridge import Bridge


def create_app() -> Bridge:
    """Answers `hello` at every address that is asked of it, behind the bridge and in as many threads as the web."""
    app = Flask("hello", static_folder=None)

    @app.get("/health/live")
    def live() -> Response:
        return Response("ok", mimetype="text/plain")

    @app.route("/hello", methods=["GET", "POST"])
    def hello() -> Response:
        return Response("hello", mimetype="text/plain")

    return Bridge(app, read_settings().web_threads)
