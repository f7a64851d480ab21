"""What every public and venue page knows: the settings, its language, and its address in that language.

The language travels in the address (`?lang=xx`), never in a cookie.
"""

from functools import cache
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_babel
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from reporting.bootstrap import adapters
from reporting.domain.languages import BY_CODE, LANGUAGES, Language, choose


def page_language() -> Language:
    """The language of this request's page: the one asked for, else one the browser accepts and we have a catalogue of."""
    if "page_language" not in g:
        accepted = [code for code in request.accept_languages.values() if _base(code) in _translated()]
        g.page_language = choose(request.args.get("lang"), accepted, adapters().settings.default_language)
    chosen: Language = g.page_language
    return chosen


def page_words() -> dict[str, Any]:
    """The template variables of every page."""
    translated = _translated()
    return {
        "settings": adapters().settings,
        "language": page_language(),
        "languages": [language for language in LANGUAGES if language.code in translated],
    }


def keep_language(_endpoint: str, values: dict[str, Any]) -> None:
    """Lets every link of a page lead on in the language that was asked for."""
    asked = request.args.get("lang", "").lower()
    if asked in BY_CODE:
        values.setdefault("lang", asked)


def equip(blueprint: Blueprint) -> None:
    """Gives a face its words, its links in the right language, and pages instead of bare errors."""
    blueprint.context_processor(page_words)
    blueprint.url_defaults(keep_language)
    blueprint.register_error_handler(HTTPException, _refused)
    for kind in (OperationalError, PoolTimeout):
        blueprint.register_error_handler(kind, _away)


def _refused(error: HTTPException) -> ResponseReturnValue:
    """A page for what cannot be found or is too large; redirects go through untouched."""
    if error.code is None or error.code < 400:
        return error.get_response()
    words = {404: _("This page does not exist."), 413: _("This is too much text. Please shorten it.")}
    return sorry_page(words.get(error.code, _("This did not work."))), error.code


def _away(_error: Exception) -> ResponseReturnValue:
    """The database is away for a moment."""
    return sorry_page(_("We cannot open this right now. Please try again in a moment.")), 503, {"Retry-After": "2"}


def sorry_page(words: str) -> str:
    """A page that says one sentence and leads back."""
    return render_template("sorry.html", words=words, **page_words())


@cache
def _translated() -> set[str]:
    """Codes of the languages there is a catalogue of; the texts themselves are English."""
    return {"en"} | {locale.language for locale in get_babel().instance.list_translations()}


def _base(code: str) -> str:
    return code.lower().partition("-")[0]
