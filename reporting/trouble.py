"""Answers to what went wrong, in the form the asker can read: problem+json for programs, a page for people."""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from reporting.api import errors
from reporting.domain.errors import DomainError
from reporting.domain.languages import N_
from reporting.page import page_words

PROGRAMS: Final = ("/api/", "/health/", "/metrics", "/open311/")
SAID: Final = {
    400: (N_("This did not work"), N_("The request could not be read. Go back and try again.")),
    401: (N_("Sign in first"), N_("This page is for people who are signed in.")),
    403: (N_("Not allowed"), N_("This page is too old, or it is not for your role. Reload it and try again.")),
    404: (N_("Not found"), N_("This page does not exist, or it is not yours.")),
    405: (N_("This did not work"), N_("This page cannot do that. Go back and try again.")),
    409: (N_("Changed meanwhile"), N_("Somebody changed this at the same time. Look again, then repeat your step.")),
    413: (N_("Too long"), N_("This is more than we can take. Please shorten it.")),
    422: (N_("Something is not right"), N_("Go back and check what you filled in.")),
    429: (N_("Please wait a little"), N_("That code opens no report. Check it, and try again in a minute.")),
    503: (N_("Back in a moment"), N_("The service is briefly away. Nothing you typed is lost: send it again in a moment.")),
}
OTHERWISE: Final = (N_("Something went wrong"), N_("The fault is on our side. Please try again in a moment."))
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
