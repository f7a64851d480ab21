"""Puts the faces on the foundation: `create_app` is what the web server runs."""

from typing import Any, Final

from flask import Flask, request
from flask.typing import ResponseReturnValue

from reporting import citizen, dashboard, venue
from reporting.adapters.logs import set_up_logs
from reporting.adapters.release import release
from reporting.adapters.schema import require_current
from reporting.api import (
    conversation,
    desks,
    figures,
    first_look,
    follow_up,
    health,
    incidents,
    joins,
    live,
    notices,
    pictures,
    public,
    reports,
    subscriptions,
    venues,
)
from reporting.auth.guards import public as open_to_all
from reporting.auth.guards import require_declared
from reporting.auth.headers import set_headers
from reporting.auth.sessions import csrf_field, csrf_token
from reporting.bootstrap import adapters, build
from reporting.compression import compress_answers
from reporting.config import Settings, read_settings
from reporting.extensions import api, babel, db
from reporting.page import counted, isolate_values, page_language
from reporting.trouble import answer_trouble

API_FACES = (
    *(reports, pictures, incidents, desks, joins, conversation, first_look, notices, figures, public, follow_up),
    *(venues, subscriptions, health, live),
)
PAGE_FACES = (citizen, venue, dashboard)
LARGEST_FORM_BYTES = 128 * 1024
RELEASED: Final = ("citizen", "venue")
"""Faces whose pages ask for files of their own release, which therefore never mix and may be kept for good."""


def create_app(settings: Settings | None = None) -> Flask:
    """The web application. Refuses to start on missing secrets, an outdated schema, or a route without a guard."""
    settings = settings or read_settings()
    set_up_logs("web", settings.log_level)
    app = build(settings, process="web", pool=settings.web_threads + 1)
    with app.app_context():
        require_current(db.engine)
    return put_on_faces(app)


def put_on_faces(app: Flask) -> Flask:
    """Routes, words, headers and error answers; also used to describe the API without a database."""
    app.config.update(API_TITLE="Citizen reporting", API_VERSION="1.0.0", OPENAPI_VERSION="3.1.0")
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM_BYTES
    app.url_map.strict_slashes = False
    zone = app.extensions["reporting"].settings.time_zone
    babel.init_app(app, locale_selector=lambda: page_language().code, default_timezone=zone)
    isolate_values(app.jinja_env)
    api.init_app(app)
    for face in API_FACES:
        api.register_blueprint(face.blueprint)
    for page_face in PAGE_FACES:
        app.register_blueprint(page_face.blueprint)
    _serve_static(app)
    answer_trouble(app)
    set_headers(app)
    compress_answers(app)
    app.jinja_env.globals.update(
        counted=counted, csrf_token=csrf_token, csrf_field=csrf_field, channels=lambda: adapters().channels
    )
    app.teardown_appcontext(lambda _error: db.session.remove())
    require_declared(app)
    return app


def _serve_static(app: Flask) -> None:
    """Files, also under the mark of a release: modules that import each other by relative address then stay together."""
    app.static_folder = "static"

    @app.get("/static/@<mark>/<path:filename>", endpoint="static")
    @app.get("/static/<path:filename>", endpoint="static")
    @open_to_all("styles, scripts and maps hold nothing of anybody")
    def static(filename: str, mark: str = "") -> ResponseReturnValue:
        return app.send_static_file(filename)

    @app.url_defaults
    def mark_release(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and request and request.blueprint in RELEASED:
            values.setdefault("mark", release())
