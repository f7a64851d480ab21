"""Answers to what went wrong, in the form the asker can read: problem+json for programs, a page for people."""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from reporting.api import errors
from reporting.domain.errors import DomainError
from reporting.page import page_words

PROGRAMS: Final = ("/api/", "/health/", "/metrics", "/open311/")
SAID: Final = {
    400: ("This did not work", "The request could not be read. Go back and try again."),
    401: ("Sign in first", "This page is for people who are signed in."),
    403: ("Not allowed", "This page is too old, or it is not for your role. Reload it and try again."),
    404: ("Not found", "This page does not exist, or it is not yours."),
    405: ("This did not work", "This page cannot do that. Go back and try again."),
    409: ("Changed meanwhile", "Somebody changed this at the same time. Look again, then repeat your step."),
    413: ("Too long", "This is more than we can take. Please shorten it."),
    422: ("Something is not right", "Go back and check what you filled in."),
    429: ("Please wait a little", "That code opens no report. Check it, and try again in a minute."),
    503: ("Back in a moment", "The service is briefly away. Nothing you typed is lost: send it again in a moment."),
}
OTHERWISE: Final = ("Something went wrong", "The fault is on our side. Please try again in a moment.")
"""Status -> title and sentence. Everything else is our fault."""


def answer_trouble(app: Flask) -> None:
    """Registers one handler for each kind of error; the table of `reporting.api.errors` decides the status."""
    _register(app, DomainError, errors.domain_problem)
    _register(app, HTTPException, errors.http_problem)
    _register(app, DBAPIError, _database)
    for kind in errors.DATABASE_ERRORS:
        _register(app, kind, _database)
    _register(app, Exception, errors.unexpected_problem)


def _database(error: Exception) -> Response:
    return errors.database_problem(error) if errors.is_database_away(error) else errors.unexpected_problem(error)


def _register(app: Flask, kind: type[Exception], problem: Callable[[Any], Response]) -> None:
    app.register_error_handler(kind, lambda error: _for_asker(problem(error)))


def _for_asker(answer: Response) -> Response:
    """The problem itself for programs; for people a page with the same status and headers."""
    if request.path.startswith(PROGRAMS):
        return answer
    title, sentence = SAID.get(answer.status_code, OTHERWISE)
    if request.path.startswith("/control"):
        page = render_template("dashboard/refused.html", title=title, sentence=sentence)
    else:
        page = render_template("trouble.html", title=gettext(title), sentence=gettext(sentence), **page_words())
    shown = Response(page, status=answer.status_code, mimetype="text/html")
    for name in ("Retry-After", "Allow"):
        if name in answer.headers:
            shown.headers[name] = answer.headers[name]
    return shown
