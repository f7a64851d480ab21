"""The yardstick of the web: the smallest Flask application there is, under the same server settings."""

from flask import Flask, Response


def create_app() -> Flask:
    """Answers `hello` at every address that is asked of it."""
    app = Flask("hello", static_folder=None)

    @app.get("/health/live")
    def live() -> Response:
        return Response("ok", mimetype="text/plain")

    @app.route("/hello", methods=["GET", "POST"])
    def hello() -> Response:
        return Response("hello", mimetype="text/plain")

    return app
